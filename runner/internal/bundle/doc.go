// Package bundle reads and makes code packages: what a function's code is when
// it arrives, whatever it is written in. A package is a zip, as FC takes it, a
// directory, one program or one WebAssembly module, told apart by what is in it
// and not by its name. It may hold a module, a program or both:
//
//	b, err := bundle.Open("code.zip", cacheDir)
//	...
//	defer b.Close() // when no instance needs the files any more
//	t, err := b.Target("go1", "main", bundle.Any)
//	if t.Wasm != nil {
//		f, err = runner.Load(ctx, cfg, t.Wasm)
//	} else {
//		f, err = rt.Load(ctx, cfg, native.Program{Dir: t.Dir, Command: []string{"./" + t.Start}})
//	}
//
// # Zips
//
// A zip comes from anybody, so it is checked as a whole before a byte of it is
// written: see [Open]. Then it is unpacked, once, into a directory named after
// its content, which all who have it open share, also from several processes.
// The last one to close it removes it; what a killed process left is removed
// when the next package is opened.
package bundle
