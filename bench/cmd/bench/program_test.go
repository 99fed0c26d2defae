package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bench readme shows what the last whole run has measured, and no other.
func TestReadme(t *testing.T) {
	const sections = `<!-- made by make bench-readme: begin -->
<!-- made by make bench-readme: end -->
<!-- made by make bench-readme from make bench-engine: begin -->
<!-- made by make bench-readme from make bench-engine: end -->
<!-- made by make bench-readme from make bench-front: begin -->
<!-- made by make bench-readme from make bench-front: end -->
`
	fixture, err := os.ReadFile("../../internal/report/testdata/results.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	header, lines, _ := strings.Cut(string(fixture), "\n")
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  []string // in README
		err   string
	}{
		{name: "nothing", err: "has no data"},
		{name: "run", files: map[string]string{"results.jsonl": string(fixture)}, want: []string{"(bench/charts/fresh.svg)", "| native behind wafer |"}},
		{name: "part", files: map[string]string{"results.jsonl": strings.TrimSuffix(header, "}") + `,"part":true}` + "\n" + lines}, err: "of a part only (bench -quick)"},
		{
			name:  "front",
			files: map[string]string{"front.jsonl": `{"figure":"front","title":"the front","unit":"factor","value":0.7,"target":0.8,"aim":"at least"}`},
			want:  []string{"| the front | 0.70x | at least 0.80x | short |"},
		},
		{name: "broken", files: map[string]string{"engine.jsonl": "{"}, err: "record 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := &program{root: t.TempDir()}
			p.out = filepath.Join(p.root, "bench", "out")
			if err := os.MkdirAll(p.out, 0o755); err != nil {
				t.Fatal(err)
			}
			readme := filepath.Join(p.root, "README.md")
			if err := os.WriteFile(readme, []byte(sections), 0o600); err != nil {
				t.Fatal(err)
			}
			for name, text := range tc.files {
				if err := os.WriteFile(filepath.Join(p.out, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			err := p.readme()
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("error %v, want one that says %q", err, tc.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(readme)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tc.want {
				if !strings.Contains(string(text), want) {
					t.Errorf("README does not say %q:\n%s", want, text)
				}
			}
		})
	}
}
