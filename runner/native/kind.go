package native

import "fmt"

// Kind says how a program is talked to.
type Kind uint8

const (
	// Go1 programs are built with the FC Go SDK and pull their invocations.
	Go1 Kind = iota
	// Custom programs are servers that get HTTP requests: FC's custom runtime.
	Custom
)

var kindNames = [...]string{"go1", "custom"}

// String returns go1 or custom, FC's names.
func (k Kind) String() string { return kindNames[k] }

// MarshalText implements [encoding.TextMarshaler].
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (k *Kind) UnmarshalText(text []byte) error {
	for n, name := range kindNames {
		if string(text) == name {
			*k = Kind(n)
			return nil
		}
	}
	return fmt.Errorf("native: runtime is %q, want go1 or custom", text)
}
