package abi_test

import (
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/abi/abitest"
)

func document(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("ABI.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDocumentBytes compares every block of bytes in ABI.md with what the codec
// writes for the vectors that carry its name.
func TestDocumentBytes(t *testing.T) {
	var want []string
	for _, v := range abitest.Vectors() {
		if strings.Contains(v.Name, "(ABI.md)") {
			want = append(want, v.Run().Encoded)
		}
	}
	bytesOf := regexp.MustCompile(`^(?:[0-9a-f]{2} +)*[0-9a-f]{2}(?:  |$)`)
	var got []string
	for i, block := range strings.Split(document(t), "```") {
		if i%2 == 0 {
			continue // text between blocks
		}
		var found strings.Builder
		for _, line := range strings.Split(block, "\n") {
			found.WriteString(strings.ReplaceAll(bytesOf.FindString(line), " ", ""))
		}
		if found.Len() > 0 {
			got = append(got, found.String())
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bytes in ABI.md (-codec +document):\n%s", diff)
	}
	for _, s := range got {
		if _, err := hex.DecodeString(s); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// TestDocumentNames: ABI.md's tables of kinds, statuses and parts are those of
// the package.
func TestDocumentNames(t *testing.T) {
	text := document(t)
	table := func(header string) (rows []string) {
		_, rest, ok := strings.Cut(text, header+"\n")
		if !ok {
			t.Fatalf("ABI.md has no table %q", header)
		}
		for _, line := range strings.Split(rest, "\n")[1:] {
			cells := strings.Split(line, "|")
			if len(cells) < 3 {
				return rows
			}
			rows = append(rows, strings.TrimSpace(cells[1])+" "+strings.TrimSpace(cells[2]))
		}
		return rows
	}
	rows := func(from, to int, name func(uint32) string) (all []string) {
		for i := from; i <= to; i++ {
			all = append(all, fmt.Sprintf("%d %s", i, name(uint32(i))))
		}
		return all
	}
	for _, tc := range []struct {
		header string
		want   []string
	}{
		{
			"| kind | name | request | answer | if the guest returns *unsupported* |",
			rows(0, int(abi.KindRun), func(n uint32) string { return abi.Kind(n).String() }),
		}, {
			"| status | name | meaning |",
			rows(0, int(abi.StatusMalformed), func(n uint32) string { return abi.Status(n).String() }),
		}, {
			"| part | name | bytes |",
			rows(1, int(abi.PartBoot), func(n uint32) string { return abi.Part(n).String() }),
		},
	} {
		if diff := cmp.Diff(tc.want, table(tc.header)); diff != "" {
			t.Errorf("%s (-package +document):\n%s", tc.header, diff)
		}
	}
	for _, name := range []string{
		abi.ExportCall, abi.ExportMemory, abi.ExportInitialize, abi.ExportStart,
		abi.Module, abi.ImportRequestRead, abi.ImportResponseWrite, abi.ImportListen, abi.LogModule, abi.ImportLogWrite,
	} {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("ABI.md does not mention %s", name)
		}
	}
}

// TestDocumentTags: every tag of tag.go is in ABI.md with its number and type,
// and the other way round.
func TestDocumentTags(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "tag.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	number := map[string]bool{}
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, spec := range gen.Specs {
			c := spec.(*ast.ValueSpec)
			number[c.Values[0].(*ast.BasicLit).Value] = true
		}
	}
	row := regexp.MustCompile(`(?m)^\| (\d+) \| .* \| (string|bytes|u32|u64|pair|stack)(, repeated)? \|$`)
	listed := map[string]bool{}
	for _, m := range row.FindAllStringSubmatch(document(t), -1) {
		listed[m[1]] = true
	}
	if diff := cmp.Diff(number, listed); diff != "" {
		t.Errorf("tags (-tag.go +ABI.md):\n%s", diff)
	}
}
