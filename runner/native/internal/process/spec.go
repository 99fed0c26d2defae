package process

import "io"

// CodeDir is where Function Compute unpacks code.
const CodeDir = "/code"

// Spec describes a process. Its zero limits mean none.
type Spec struct {
	// Path is the program: absolute, or relative to Dir.
	Path string
	// Args follow the program's name.
	Args []string
	// Env is the whole environment, as KEY=VALUE. Nothing of wafer's own is added,
	// except TMPDIR where the private temporary directory is not at /tmp.
	Env []string
	// Dir is the code directory: the working directory, readable and never
	// writable. It has the same absolute path inside. In a file tree of the
	// process's own it is at [CodeDir], too.
	Dir string
	// CodeVariable names what in the environment says where the code is, with a
	// slash behind it: CodeDir where that leads there. Empty: nothing does.
	CodeVariable string
	// ReadOnly names more files and directories that may be read and executed,
	// beyond what dynamically linked programs and scripts commonly need.
	ReadOnly []string
	// Memory limits the tree, in bytes.
	Memory int64
	// CPU limits the tree to a share of one CPU, for example 0.5.
	CPU float64
	// Pids limits the processes and threads of the tree.
	Pids int
	// Egress lets the process use the host's network. Unused when Network is set.
	Egress bool
	// Network is where the process lives. Several processes, one after the other or
	// at a time, may share one. Nil: Start makes one, which ends with the process.
	Network *Network
	// Stdout and Stderr take the process's output; nil discards it. Each is written
	// to from one goroutine, also after Done while a descendant holds the pipe open
	// (for at most a second).
	Stdout, Stderr io.Writer
	// Require lists mechanisms that Start may not do without.
	Require []Mechanism
}
