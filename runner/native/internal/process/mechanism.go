package process

// Mechanism names one way in which a process is contained.
type Mechanism string

// The mechanisms. README.md says what each protects from, and what not.
const (
	// Session: a session and process group of its own.
	Session Mechanism = "session"
	// ParentDeath: the process is killed when wafer dies, by whatever.
	ParentDeath Mechanism = "parent-death"
	// NoNewPrivileges: set-user-ID programs and file capabilities give nothing.
	NoNewPrivileges Mechanism = "no-new-privileges"
	// Credentials: a user of its own, when wafer is root.
	Credentials Mechanism = "credentials"
	// Capabilities: none, whoever it runs as.
	Capabilities Mechanism = "capabilities"
	// PIDNamespace: it sees only its tree, and its tree dies with it.
	PIDNamespace Mechanism = "pid-namespace"
	// MountNamespace: a file tree of its own, the code in it read-only.
	MountNamespace Mechanism = "mount-namespace"
	// NetworkNamespace: nothing but a loopback interface of its own.
	NetworkNamespace Mechanism = "network-namespace"
	// Landlock: reads, writes and runs files only where it is meant to.
	Landlock Mechanism = "landlock"
	// LandlockNetwork: no TCP connection but to what wafer serves to it.
	LandlockNetwork Mechanism = "landlock-network"
	// Seccomp: system calls that no function needs are refused.
	Seccomp Mechanism = "seccomp"
	// PrivateTemp: a temporary directory of its own, removed with it.
	PrivateTemp Mechanism = "private-temp"
	// MemoryCgroup: the tree's memory is limited together.
	MemoryCgroup Mechanism = "memory-cgroup"
	// CPUCgroup: the tree's CPU time is limited together.
	CPUCgroup Mechanism = "cpu-cgroup"
	// PidsCgroup: the tree's processes and threads are limited together.
	PidsCgroup Mechanism = "pids-cgroup"
	// Rlimits: limits of each process: no core dumps, and data and
	// processes where no cgroup limits them.
	Rlimits Mechanism = "rlimits"
)

// Mechanisms lists all of them.
func Mechanisms() []Mechanism {
	return []Mechanism{
		Session, ParentDeath, NoNewPrivileges, Credentials, Capabilities, PIDNamespace, MountNamespace, NetworkNamespace,
		Landlock, LandlockNetwork, Seccomp, PrivateTemp, MemoryCgroup, CPUCgroup, PidsCgroup, Rlimits,
	}
}
