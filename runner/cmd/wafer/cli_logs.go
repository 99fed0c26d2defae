package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/wafer-run/wafer/runner/internal/journal"
)

type logsCmd struct {
	File       string `arg:"" optional:"" help:"Journal, as named by --journal. Files that it was renamed to are read too. Default: that of --journal auto."`
	Follow     bool   `short:"f" help:"Go on as the journal is written, until Ctrl-C."`
	Function   string `placeholder:"NAME" help:"Only this function's; SERVICE\\$NAME for one of FC 2.0."`
	RequestID  string `name:"request-id" placeholder:"ID" help:"Only what belongs to this request."`
	Since      string `placeholder:"AGO|TIME" help:"Only what is younger: 10m, or 2026-01-02T15:04:05Z."`
	NoRequests bool   `help:"Leave out the records of requests."`
	JSON       bool   `help:"Print the lines as they are in the journal."`
}

func (logsCmd) Help() string {
	return `Prints what a journal has about functions and requests: with --journal FILE, wafer run and wafer serve write one, with --journal auto where wafer logs looks by itself.

Each line has the time, the function and the request id, and then what the function printed, or what became of the request.

Examples:

    wafer logs -f
    wafer logs wafer.log -f --function hello
    wafer logs wafer.log --request-id 1-65a1b2c3-0123456789abcdef01234567
    wafer logs wafer.log --since 1h --json | jq 'select(.status >= 500)'`
}

// Run prints the entries.
func (c *logsCmd) Run(ctx context.Context, sys *system) error {
	since, err := sinceWhen(c.Since, time.Now())
	if err != nil {
		return &exitError{exitUsage, err}
	}
	path, err := c.path(sys)
	if err != nil {
		return err
	}
	r := journal.Reader{
		Path: path, Follow: c.Follow,
		Filter: journal.Filter{Function: c.Function, RequestID: c.RequestID, Since: since, NoRequest: c.NoRequests},
	}
	found := false
	err = r.Read(ctx, func(e *journal.Entry, line []byte) error {
		found = true
		if c.JSON {
			_, err := fmt.Fprintf(sys.stdout, "%s\n", line)
			return err
		}
		return printEntry(sys.stdout, e)
	})
	if err != nil || found || c.Follow {
		return err
	}
	return checkJournal(ctx, path)
}

// errEntry ends reading at the first entry.
var errEntry = errors.New("there is an entry")

// checkJournal refuses a file that has lines and no entry, of which flags could
// pick none: who named it is to know that it is another.
func checkJournal(ctx context.Context, path string) error {
	r := journal.Reader{Path: path}
	err := r.Read(ctx, func(*journal.Entry, []byte) error { return errEntry })
	switch info, _ := os.Stat(path); {
	case errors.Is(err, errEntry):
		return nil
	case err != nil:
		return err
	case info == nil || info.Size() == 0: // just begun
		return nil
	}
	return fmt.Errorf("%s is no journal: none of its lines is one that wafer run --journal writes", path)
}

// path is the file to read. That no server has written the default one yet is
// what who follows it waits for, and else an error that says how one is made.
func (c *logsCmd) path(sys *system) (string, error) {
	if c.File != "" {
		if _, err := os.Stat(c.File); c.Follow && errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(sys.stderr, "wafer: waiting for %s\n", c.File)
		}
		return c.File, nil
	}
	path, err := defaultJournal()
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path, nil // what else is wrong shows when it is read
	}
	if !c.Follow {
		return "", fmt.Errorf("there is no journal at %s: start wafer run or wafer serve with --journal auto, or name the FILE that theirs is", path)
	}
	fmt.Fprintf(sys.stderr, "wafer: waiting for %s, which wafer run and wafer serve write by --journal auto\n", path)
	return path, nil
}

// sinceWhen reads a duration before now, or a time.
func sinceWhen(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if ago, err := time.ParseDuration(s); err == nil {
		return now.Add(-ago), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, fmt.Errorf("--since is %q, want a duration like 10m or a time like 2026-01-02T15:04:05Z", s)
	}
	return t, nil
}

// printEntry prints an entry for people.
func printEntry(w io.Writer, e *journal.Entry) error {
	words := []string{e.Time.UTC().Format("2006-01-02T15:04:05.000Z")}
	function := e.Function
	if e.Service != "" {
		function = e.Service + "$" + function
	}
	if e.Qualifier != "" && e.Qualifier != "LATEST" {
		function += ":" + e.Qualifier
	}
	for _, s := range []string{function, e.RequestID} {
		if s == "" {
			s = "-"
		}
		words = append(words, s)
	}
	if e.Type != journal.TypeRequest {
		words = append(words, e.Message)
	} else {
		words = append(words, fmt.Sprintf("%s %s %d in %.1f ms", e.Method, printable(e.Path), e.Status, e.DurationMS))
		if e.ErrorType != "" || e.Error != "" {
			words = append(words, printable(strings.TrimSuffix(e.ErrorType+": "+e.Error, ": ")))
		}
	}
	_, err := fmt.Fprintln(w, strings.Join(words, " "))
	return err
}

// printable returns text that clients have a say in as one line that does nothing
// to a terminal: the name of a function that does not exist may have line ends.
func printable(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	q := strconv.Quote(s)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}
