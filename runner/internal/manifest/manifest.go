package manifest

// Manifest is what a file describes: checked, and without variables.
type Manifest struct {
	File      string // as it was named
	Dir       string // absolute; paths in the file are seen from there
	Name      string
	Edition   string
	Account   string // from vars.wafer
	Functions []Function
	Domains   []Domain
	Ignored   []Ignored // sorted by place
}

// Function returns the functions that a name stands for: the id of a resource,
// a function's name, or service$name.
func (m *Manifest) Function(name string) (found []*Function) {
	for i := range m.Functions {
		f := &m.Functions[i]
		if f.ID == name || f.Name == name || f.FullName() == name {
			found = append(found, f)
		}
	}
	return found
}
