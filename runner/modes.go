package runner

import "fmt"

// Isolation says what invocations share.
type Isolation uint8

const (
	// IsolationInstance is FC's behaviour: an instance serves one invocation
	// after the other, and its globals survive.
	IsolationInstance Isolation = iota
	// IsolationRequest starts every invocation from the snapshot: nothing of
	// the one before is left. Without a snapshot each gets an instance of its
	// own.
	IsolationRequest
)

var isolationNames = [...]string{"instance", "request"}

// String returns instance or request.
func (i Isolation) String() string { return isolationNames[i] }

// MarshalText implements [encoding.TextMarshaler].
func (i Isolation) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (i *Isolation) UnmarshalText(text []byte) error {
	for n, name := range isolationNames {
		if string(text) == name {
			*i = Isolation(n)
			return nil
		}
	}
	return fmt.Errorf("runner: isolation is %q, want instance or request", text)
}

// SnapshotMode says what new instances start from.
type SnapshotMode uint8

const (
	// SnapshotBoot starts instances from a copy of one that has booted: main
	// ran up to fc.Start, the initializer did not.
	SnapshotBoot SnapshotMode = iota
	// SnapshotInit starts them from a copy of one whose initializer ran, too.
	SnapshotInit
	// SnapshotOff boots every instance anew.
	SnapshotOff
)

var snapshotNames = [...]string{"boot", "init", "off"}

// String returns boot, init or off.
func (m SnapshotMode) String() string { return snapshotNames[m] }

// MarshalText implements [encoding.TextMarshaler].
func (m SnapshotMode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *SnapshotMode) UnmarshalText(text []byte) error {
	for n, name := range snapshotNames {
		if string(text) == name {
			*m = SnapshotMode(n)
			return nil
		}
	}
	return fmt.Errorf("runner: snapshot is %q, want off, boot or init", text)
}
