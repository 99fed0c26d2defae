package contender

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/wafer-run/wafer/bench/internal/subject"
	"github.com/wafer-run/wafer/bench/internal/workload"
)

// Workshop builds what contenders run, each once, and keeps it in a directory.
// It is safe for concurrent use.
type Workshop struct {
	root, dir string
	handlers  string // the source tree that handlers are taken from
	tools     subject.Toolchain

	mu    sync.Mutex
	built map[string]*product // by what they are
}

// product is something that is built, once.
type product struct {
	sync.Once
	err error
}

// NewWorkshop makes a workshop over the source tree at root that keeps its
// files in dir.
func NewWorkshop(root, dir string) *Workshop {
	return &Workshop{
		root: root, dir: dir, handlers: root, tools: subject.Toolchain{Root: root, Dir: dir},
		built: map[string]*product{},
	}
}

// TakeHandlersFrom makes the workshop build the handlers and the harness of
// another source tree: an older one may not have them.
func (s *Workshop) TakeHandlersFrom(root string) *Workshop {
	s.handlers = root
	return s
}

// Dir is where its files are.
func (s *Workshop) Dir() string { return s.dir }

// once builds what is known by that name, unless it has been.
func (s *Workshop) once(name string, build func(out string) error) (string, error) {
	s.mu.Lock()
	p := s.built[name]
	if p == nil {
		p = &product{}
		s.built[name] = p
	}
	s.mu.Unlock()
	out := filepath.Join(s.dir, filepath.FromSlash(name))
	p.Do(func() {
		if p.err = os.MkdirAll(filepath.Dir(out), 0o755); p.err == nil {
			p.err = build(out)
		}
	})
	return out, p.err
}

// Wafer returns the program wafer.
func (s *Workshop) Wafer(ctx context.Context) (string, error) {
	return s.once("wafer", func(out string) error {
		return s.tools.Run(ctx, s.root, "go", "build", "-o", out, "./runner/cmd/wafer")
	})
}

// Harness returns the program of the benchmarks itself, with the library of this
// tree: its children measure that in process. The source of the benchmarks is
// that of the tree the handlers are taken from.
//
// # Errors
//
// An [*Unavailable] where the library lacks what the benchmarks use.
func (s *Workshop) Harness(ctx context.Context) (string, error) {
	out, err := s.once("harness", func(out string) error {
		args := []string{"build", "-o", out}
		if s.handlers != s.root {
			file, err := s.overlay()
			if err != nil {
				return err
			}
			args = append(args, "-overlay", file)
		}
		return s.tools.Run(ctx, s.root, "go", append(args, "./bench/cmd/bench")...)
	})
	if err != nil {
		return "", &Unavailable{err}
	}
	return out, nil
}

// overlay writes a file that has the go command take the benchmarks' source from
// the tree of the handlers.
func (s *Workshop) overlay() (string, error) {
	replace := map[string]string{}
	for _, tree := range []string{s.root, s.handlers} { // what the second one lacks is deleted
		bench := filepath.Join(tree, "bench")
		err := filepath.WalkDir(bench, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(tree, path)
			switch {
			case err != nil:
				return err
			case d.IsDir() && (rel == "bench/testdata" || rel == "bench/out"):
				return fs.SkipDir
			case !d.Type().IsRegular():
				return nil
			}
			replace[filepath.Join(s.root, rel)] = ""
			if tree == s.handlers {
				replace[filepath.Join(s.root, rel)] = path
			}
			return nil
		})
		if err != nil {
			return "", fmt.Errorf("contender: %w", err)
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", fmt.Errorf("contender: %w", err)
	}
	file := filepath.Join(s.dir, "overlay.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return "", fmt.Errorf("contender: %w", err)
	}
	return file, nil
}

// Module returns the file of a workload's WebAssembly module.
func (s *Workshop) Module(ctx context.Context, w *workload.Workload) (string, error) {
	return s.target(ctx, w, w.Name+".wasm")
}

// Native returns the file of a workload's program for this machine.
func (s *Workshop) Native(ctx context.Context, w *workload.Workload) (string, error) {
	return s.target(ctx, w, w.Name+".native", "--target", "linux/amd64")
}

func (s *Workshop) target(ctx context.Context, w *workload.Workload, name string, flags ...string) (string, error) {
	wafer, err := s.Wafer(ctx)
	if err != nil {
		return "", err
	}
	return s.once(name, func(out string) error {
		args := append([]string{"build", "-q", "-o", out}, flags...)
		return s.tools.Run(ctx, s.handlers, wafer, append(args, "./"+w.Dir)...)
	})
}

// Cache returns the directory for wafer's compiled code, in which w has been
// prepared.
func (s *Workshop) Cache(ctx context.Context, w *workload.Workload) (string, error) {
	module, err := s.Module(ctx, w)
	if err != nil {
		return "", err
	}
	cache := filepath.Join(s.dir, "cache")
	_, err = s.once("prepared/"+w.Name, func(string) error { return s.Prepare(ctx, module, cache) })
	return cache, err
}

// Prepare compiles a module into a cache directory.
func (s *Workshop) Prepare(ctx context.Context, module, cache string) error {
	wafer, err := s.Wafer(ctx)
	if err != nil {
		return err
	}
	return s.tools.Run(ctx, s.root, wafer, "inspect", "--cache-dir", cache, module)
}

// TempDir makes a directory of that sort.
func (s *Workshop) TempDir(name string) (string, error) {
	dir, err := os.MkdirTemp(s.dir, name+"-")
	if err != nil {
		return "", fmt.Errorf("contender: %w", err)
	}
	return dir, nil
}
