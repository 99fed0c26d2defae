package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner/internal/journal"
)

// journalFlags configure where commands that serve put what operators read.
type journalFlags struct {
	Journal      string `placeholder:"FILE|auto|-" help:"Write the functions' logs, and a record of every request, as lines of JSON to a file, instead of the logs to stderr: FILE, or auto for one in the user's cache directory, which wafer logs reads when it is told no file. To stdout by -."`
	JournalSize  int    `default:"100" placeholder:"MB" help:"Begin a new journal file when one has grown to so many MB."`
	JournalFiles int    `default:"10" placeholder:"N" help:"How many full journal files are kept."`
}

// journalClose is how long a journal may take to write what it has.
const journalClose = 5 * time.Second

// open starts the journal, if there is to be one.
func (f *journalFlags) open(sys *system, log *slog.Logger) (*journal.Journal, error) {
	switch f.Journal {
	case "":
		return nil, nil
	case "-":
		return journal.New(stayOpen{sys.stdout}, log), nil
	}
	path := f.Journal
	if path == autoJournal {
		var err error
		if path, err = defaultJournal(); err != nil {
			return nil, err
		}
		fmt.Fprintf(sys.stderr, "wafer: the journal is %s, wafer logs -f follows it\n", path)
	}
	out, err := journal.File{Path: path, MaxSize: f.JournalSize, MaxFiles: f.JournalFiles}.Open()
	if err != nil {
		return nil, err
	}
	return journal.New(out, log), nil
}

// autoJournal is what --journal has for the file that wafer logs reads when it is
// told none.
const autoJournal = "auto"

// defaultJournal is that file.
func defaultJournal() (string, error) {
	dir, err := userCache()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "journal", "wafer.log"), nil
}

// people is where to say what is served: not between lines of JSON.
func (e *endpoint) people() io.Writer {
	if e.flags.Journal == "-" {
		return e.sys.stderr
	}
	return e.sys.stdout
}

// stayOpen is an output that is not the journal's to close.
type stayOpen struct{ io.Writer }

func (stayOpen) Close() error { return nil }

// closeJournal writes what the journal still has.
func closeJournal(sys *system, j *journal.Journal) {
	ctx, cancel := context.WithTimeout(context.Background(), journalClose)
	defer cancel()
	if err := j.Close(ctx); err != nil {
		fmt.Fprintf(sys.stderr, "wafer: %v\n", err)
	}
}

// logSink is where functions' logs go: to the journal where there is one, else to
// stderr, or nowhere where that is to be quiet.
func (sys *system) logSink(quiet bool) logs.Sink {
	switch {
	case sys.journal != nil:
		return sys.journal.Line
	case quiet:
		return nil
	}
	return printLog(sys.stderr, sys.several)
}
