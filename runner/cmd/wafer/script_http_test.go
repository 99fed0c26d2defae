package main

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// freeaddr sets a variable to an address that nothing listens on:
// freeaddr NAME
//
// Its port is none of those that the kernel gives to whoever asks for any.
func freeaddr(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: freeaddr NAME")
	}
	for range 100 {
		addr := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000))
		if ln, err := net.Listen("tcp", addr); err == nil {
			ts.Check(ln.Close())
			ts.Setenv(args[0], addr)
			return
		}
	}
	ts.Fatalf("no free port")
}

// hostport sets a variable to the port of an address: hostport NAME ADDR
func hostport(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: hostport NAME ADDR")
	}
	_, port, err := net.SplitHostPort(args[1])
	ts.Check(err)
	ts.Setenv(args[0], port)
}

// request sends a request and compares status and body, of which request ids
// are left out. It waits for the server to listen, and with -until also for the
// answer:
//
//	request [-until] METHOD HOST [https://]ADDR/PATH STATUS BODY [EVENT]
func request(ts *testscript.TestScript, neg bool, args []string) {
	until := len(args) > 0 && args[0] == "-until"
	if until {
		args = args[1:]
	}
	if neg || len(args) < 5 || len(args) > 6 {
		ts.Fatalf("usage: request [-until] METHOD HOST ADDR/PATH STATUS BODY [EVENT]")
	}
	want := args[3] + " " + args[4]
	event := strings.Join(args[5:], "")
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		got, err := answer(args[0], args[1], args[2], event)
		switch {
		case err == nil && got == want:
			return
		case err == nil && !until:
			ts.Fatalf("%s %s: got\n%s\nwant\n%s", args[0], args[2], got, want)
		case err != nil && !errors.Is(err, syscall.ECONNREFUSED):
			ts.Check(err)
		case time.Now().After(deadline):
			ts.Fatalf("%s %s: got\n%s, error %v, want\n%s", args[0], args[2], got, err, want)
		}
	}
}

// together sends the same request so many times at once and compares the sorted
// statuses of the answers: together N METHOD HOST ADDR/PATH EVENT STATUS...
func together(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 6 {
		ts.Fatalf("usage: together N METHOD HOST ADDR/PATH EVENT STATUS...")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	answers := make([]string, n)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			var err error
			if answers[i], err = answer(args[1], args[2], args[3], args[4]); err != nil {
				answers[i] = err.Error()
			}
		})
	}
	wg.Wait()
	statuses := make([]string, n)
	for i, a := range answers {
		statuses[i], _, _ = strings.Cut(a, " ")
	}
	slices.Sort(statuses)
	if !slices.Equal(statuses, args[5:]) {
		ts.Fatalf("got %q, want the statuses %q", answers, args[5:])
	}
}

// header asks for a URL and compares headers of the answer:
// header HOST ADDR/PATH [NAME VALUE]...
func header(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args)%2 != 0 {
		ts.Fatalf("usage: header HOST ADDR/PATH [NAME VALUE]...")
	}
	req, err := http.NewRequest(http.MethodGet, "http://"+args[1], nil)
	ts.Check(err)
	req.Host, req.Close = args[0], true
	res, err := http.DefaultClient.Do(req)
	ts.Check(err)
	ts.Check(res.Body.Close())
	for i := 2; i < len(args); i += 2 {
		if got := res.Header.Get(args[i]); got != args[i+1] {
			ts.Fatalf("%s%s answers %d with %s %q, want %q", args[0], args[1], res.StatusCode, args[i], got, args[i+1])
		}
	}
}

// answer returns status and body.
func answer(method, host, url, event string) (string, error) {
	client := http.DefaultClient
	switch {
	case !strings.HasPrefix(url, "https://"):
		url = "http://" + url
	default:
		client = &http.Client{Transport: &http.Transport{
			DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: host}, //nolint:gosec // self-signed
		}}
	}
	req, err := http.NewRequest(method, url, strings.NewReader(event))
	if err != nil {
		return "", err
	}
	if host != "" {
		req.Host = host
	}
	req.Close = true
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if i := bytes.Index(body, []byte(`,"RequestId"`)); i >= 0 {
		body = append(body[:i], '}')
	}
	return fmt.Sprintf("%d %s", res.StatusCode, bytes.TrimSpace(body)), err
}

// edit replaces text in a file: edit FILE OLD NEW
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	before := ts.ReadFile(args[0])
	after := strings.ReplaceAll(before, args[1], args[2])
	if before == after {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(after), 0o600))
}

// await waits until a file has a line like a pattern: await FILE PATTERN
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await FILE PATTERN")
	}
	re, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		switch {
		case err == nil && re.Match(text):
			return
		case time.Now().After(deadline):
			ts.Fatalf("%s has no line like %s, error %v:\n%s", args[0], args[1], err, text)
		}
	}
}
