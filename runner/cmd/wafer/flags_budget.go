package main

import "github.com/wafer-run/wafer/runner"

// budgetFlags limit what functions that nobody calls keep.
type budgetFlags struct {
	MemoryBudget int64 `default:"0" placeholder:"MB" help:"Memory that the instances of all modules may hold, in MB, until those go that have been idle for the longest time. Busy ones keep what they have. 0 for no limit."`
	CodeBudget   int64 `default:"1024" placeholder:"MB" help:"Private memory of compiled code that no instance uses, in MB, until the least recently used goes and is read again when it is needed. 0 drops code with its last instance."`
}

// budget limits a runner.
func (f *budgetFlags) budget(rc runner.Config) runner.Config {
	code := f.CodeBudget << 20
	if code == 0 {
		code = -1 // to the library, 0 is the default
	}
	return rc.WithMemoryBudget(f.MemoryBudget << 20).WithCodeBudget(code)
}
