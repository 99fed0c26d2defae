package console

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	page := strings.Join([]string{
		"# Title", "", "$ not a command",
		"```console", "$ one", "out 1", "", "out 2", "$ two \\", "> more \\", "> end", "```",
		"text", "```sh", "$ also not", "```",
		"```console", "$ three", "```", "",
	}, "\n")
	got, err := Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	want := []Step{
		{Line: 5, Command: "one", Output: []string{"out 1", "", "out 2"}},
		{Line: 9, Command: "two \\\nmore \\\nend"},
		{Line: 18, Command: "three"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestParseErrors(t *testing.T) {
	for _, tc := range []struct{ page, want string }{
		{"```console\n$ a\n", "console: the last block is not closed"},
		{"```console\nout\n```\n", "console: line 2: output before the first command of its block"},
		{"```console\n$ a\n```\n```console\nout\n```", "console: line 5: output before the first command of its block"},
		{"```console\n$ a \\\n```\n", `console: line 3: the command above goes on, but this line does not start with "> "`},
	} {
		_, err := Parse(tc.page)
		if err == nil || err.Error() != tc.want {
			t.Errorf("%q: error %v, want %s", tc.page, err, tc.want)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, tc := range []struct {
		want, got string // lines joined by |
		match     bool
	}{
		{"", "", true},
		{"a|b", "a|b", true},
		{"a|b", "a", false},
		{"a", "a|b", false},
		{"a", "ab", false},
		{"a...", "a", true},
		{"a...", "abc", true},
		{"...c", "abc", true},
		{"...b", "abc", false},
		{"a...c", "ac", true},
		{"ab...bc", "abc", false},
		{"a...b...c", "a-b-c", true},
		{"a...b...c", "a-c-b", false},
		{"a...b...b", "ab", false},
		{"x....com", "x.y.com", true},
		{"...", "", true},
		{"...|c", "a|b|c", true},
		{"...|c", "a|b", false},
		{"a|...", "a|b|c", true},
		{"a|...|c", "a|c", true},
		{"a|...|c|...|e", "a|b|c|d|e", true},
		{"a|...|c|...|e", "a|c|e|f", false},
	} {
		lines := func(s string) []string {
			if s == "" {
				return nil
			}
			return strings.Split(s, "|")
		}
		if got := Match(lines(tc.want), lines(tc.got)); got != tc.match {
			t.Errorf("Match(%q, %q) = %t", tc.want, tc.got, got)
		}
	}
}

func TestShell(t *testing.T) {
	s, err := Start(context.Background(), t.TempDir(), []string{"PATH=/usr/bin:/bin", "NAME=it's"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		command string
		output  string
		status  int
	}{
		{"echo one; echo two >&2", "one|two", 0},
		{"printf 'no newline'", "no newline", 0},
		{"printf 'blank line\\n\\n'", "blank line|", 0},
		{"true", "", 0},
		{"(exit 3)", "", 3},
		{"echo $?", "3", 0},
		{`echo "$NAME" 'a b'`, "it's a b", 0},
		{"x=kept", "", 0},
		{"echo \\\n$x", "kept", 0},
		{"cat", "", 0}, // standard input is empty
		{"sleep 100 & kill %1 && wait %1", "", 143},
		{"no-such-command 2>/dev/null", "", 127},
	} {
		lines, status, err := s.Run(tc.command)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(lines, "|"); got != tc.output || status != tc.status {
			t.Errorf("%s: %q, status %d, want %q, status %d", tc.command, got, status, tc.output, tc.status)
		}
	}
	if _, _, err := s.Run("exit"); err == nil {
		t.Error("no error from a shell that ended")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestShellEnds: neither a hanging command nor a background job outlives the
// context.
func TestShellEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s, err := Start(ctx, t.TempDir(), []string{"PATH=/usr/bin:/bin"})
	if err != nil {
		t.Fatal(err)
	}
	lines, _, err := s.Run("sleep 1000 & echo $!")
	if err != nil || len(lines) != 1 {
		t.Fatalf("lines %q, error %v", lines, err)
	}
	done := make(chan error)
	go func() {
		_, _, err := s.Run("sleep 1000")
		done <- err
	}()
	cancel()
	if err := <-done; err == nil {
		t.Error("a killed command reported no error")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
