package subject

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Forks are functions that are different to the engine in every way, with
// modules, machine code and snapshots of their own, and yet do the same.
//
// Compiling hundreds of modules takes most of an hour. So one module is
// compiled, and the files that this leaves in the cache are copied under other
// names, with the names inside of them changed as well.
type Forks struct {
	wasm           []byte
	module, object *archive // of the original
	dir            string
	cpu            string // what follows the digest in the name of an object
	digest         [32]byte
}

// NewForks reads what a runner with that cache directory has kept of a module.
//
// # Errors
//
// When it has kept nothing, or in a format that is not known here; see package
// runner/internal/code.
func NewForks(cache string, wasm []byte) (*Forks, error) {
	key := sha256.Sum256(wasm)
	found, err := filepath.Glob(filepath.Join(cache, "code", "*", hex.EncodeToString(key[:])+".module"))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("subject: forking: the module has been prepared %d times in %s", len(found), cache)
	}
	f := &Forks{wasm: wasm, dir: filepath.Dir(found[0])}
	if f.module, err = readArchive(found[0]); err != nil {
		return nil, err
	}
	if found, err = filepath.Glob(filepath.Join(f.dir, "*.code")); err != nil {
		return nil, fmt.Errorf("subject: forking: %w", err)
	}
	for _, path := range found {
		name := strings.TrimSuffix(filepath.Base(path), ".code")
		digest, cpu, _ := strings.Cut(name, "-")
		raw, err := hex.DecodeString(digest)
		if err != nil || len(raw) != len(f.digest) || !f.module.contains([]byte(digest)) {
			continue // of another module
		}
		f.digest, f.cpu = [32]byte(raw), "-"+cpu
		f.object, err = readArchive(path)
		return f, err
	}
	return nil, fmt.Errorf("subject: forking: there is no code in %s", f.dir)
}

// Make makes fork number i and returns its module.
func (f *Forks) Make(i int) ([]byte, error) {
	wasm := f.Module(i)
	key := sha256.Sum256(wasm)
	digest := sha256.Sum256(fmt.Appendf(f.digest[:], "fork %d", i))
	oldHex, newHex := hex.EncodeToString(f.digest[:]), hex.EncodeToString(digest[:])
	module := f.module.rename(key, []byte(oldHex), []byte(newHex))
	object := f.object.rename(digest, f.digest[:], digest[:])
	for path, content := range map[string][]byte{
		hex.EncodeToString(key[:]) + ".module": module,
		newHex + f.cpu + ".code":               object,
	} {
		if err := os.WriteFile(filepath.Join(f.dir, path), content, 0o600); err != nil {
			return nil, fmt.Errorf("subject: forking: %w", err)
		}
	}
	return wasm, nil
}

// Module returns the module of fork number i: the original with a custom
// section.
func (f *Forks) Module(i int) []byte { return Fork(f.wasm, i) }

// Fork returns the module of fork number i of wasm.
func Fork(wasm []byte, i int) []byte {
	const name = "fork"
	section := append([]byte{byte(len(name))}, name...)
	section = append(section, byte(i), byte(i>>8), byte(i>>16), byte(i>>24))
	out := append(bytes.Clone(wasm), 0, byte(len(section)))
	return append(out, section...)
}
