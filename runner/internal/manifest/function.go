package manifest

import "time"

// Function is one function of a manifest. Zero values say that the file has
// none.
type Function struct {
	ID   string // of the resource
	Path string // of its properties, for errors: resources.hello.props
	Pos  Pos    // of the resource

	Name    string // without the service
	Service string // of FC 2.0
	FC2     bool   // described by the component fc, and so of FC 2.0; fc3 may describe one with a service, too
	Region  string
	Runtime string
	Handler string
	Code    Code

	Memory      int // MB; DefaultMemory where the file has none
	CPU         float64
	Timeout     time.Duration // DefaultTimeout where the file has none
	Concurrency int           // 1 where the file has none
	Env         map[string]string
	// Exclusive says that every request has an instance of its own
	// (instanceIsolationMode REQUEST_EXCLUSIVE).
	Exclusive bool

	Initializer, PreFreeze, PreStop *Hook
	Process                         Process

	LogProject, LogStore string
	Triggers             []Trigger
	Extension            Extension
}

// Defaults of the component fc3.
const (
	DefaultMemory      = 512 // MB
	DefaultTimeout     = 3 * time.Second
	DefaultHookTimeout = 3 * time.Second
	DefaultPort        = 9000
)

// FullName is the function's name as FC 3.0 has it: service$name for one of FC
// 2.0.
func (f *Function) FullName() string {
	if f.Service == "" {
		return f.Name
	}
	return f.Service + "$" + f.Name
}

// HTTP returns the function's HTTP trigger, nil if it has none.
func (f *Function) HTTP() *Trigger {
	for i := range f.Triggers {
		if f.Triggers[i].Type == "http" {
			return &f.Triggers[i]
		}
	}
	return nil
}
