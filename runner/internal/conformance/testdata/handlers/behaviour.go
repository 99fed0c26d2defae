package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// knowledge is what a function knows of an invocation.
type knowledge struct {
	RequestID, Function, Service, Qualifier, Version, Span string
	Baggage                                                map[string]string
}

// command is a payload that asks for something. Other payloads are answered
// with themselves.
type command struct {
	Do string `json:"do"`
	N  int    `json:"n"`
}

// answerEvent is the event function.
func answerEvent(payload []byte, k knowledge) ([]byte, error) {
	var c command
	if json.Unmarshal(payload, &c) != nil || c.Do == "" {
		return payload, nil
	}
	if c.Do == "context" {
		return json.Marshal(k)
	}
	out, err := do(c)
	return []byte(out), err
}

// do is what all kinds of functions can do.
func do(c command) (string, error) {
	switch c.Do {
	case "nothing":
		return "", nil
	case "large":
		return strings.Repeat("x", c.N), nil
	case "log":
		fmt.Println("first line")
		fmt.Fprintln(os.Stderr, "second line")
	case "flood":
		for i := 0; i < c.N; i++ {
			fmt.Printf("line %06d\n", i)
		}
	case "error":
		return "", errors.New("asked to fail")
	case "panic":
		panic("asked to panic")
	case "exit":
		os.Exit(c.N)
	case "sleep":
		time.Sleep(time.Duration(c.N) * time.Millisecond)
	case "memory":
		for i := 0; i < c.N; i++ {
			block := make([]byte, 1<<20)
			for j := 0; j < len(block); j += 4096 {
				block[j] = 1
			}
			hoard = append(hoard, block)
		}
	default:
		return "", errors.New("cannot " + c.Do)
	}
	return "done", nil
}

var hoard [][]byte

// answerWeb is the HTTP function. The first segment of the path says what it
// does, the second is a number.
func answerWeb(w http.ResponseWriter, r *http.Request) error {
	parts := strings.SplitN(strings.TrimPrefix(pathOf(r), "/"), "/", 3)
	n := 0
	if len(parts) > 1 {
		n, _ = strconv.Atoi(parts[1])
	}
	switch parts[0] {
	case "silent":
		return nil
	case "status":
		if n >= 300 && n < 400 {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(n)
		if n != http.StatusNoContent && n != http.StatusNotModified {
			_, err := fmt.Fprint(w, "status ", n)
			return err
		}
		return nil
	case "headers": // sets what the query has
		for k, vs := range r.URL.Query() {
			for _, v := range vs {
				w.Header().Add(k, v)
			}
		}
	case "long": // a header of so many bytes, key included
		w.Header()["Content-Type"] = nil
		w.Header().Set("X-Long", strings.Repeat("x", n-len("X-Long")))
	case "stream", "hold":
		for i := 0; i < 3; i++ {
			fmt.Fprintf(w, "piece %d\n", i)
			w.(http.Flusher).Flush()
		}
		if parts[0] == "hold" {
			time.Sleep(time.Duration(n) * time.Millisecond)
		}
		return nil
	case "large":
		_, err := w.Write(make([]byte, n))
		return err
	case "do":
		out, err := do(command{Do: parts[1], N: atoi(r.URL.Query().Get("n"))})
		if err == nil {
			_, err = io.WriteString(w, out)
		}
		return err
	}
	return describe(w, r)
}

// pathOf is the request's path below the base path, which a custom runtime finds
// in the path.
func pathOf(r *http.Request) string {
	base := strings.TrimSuffix(r.Header.Get("X-Fc-Base-Path"), "/")
	path := strings.TrimPrefix(r.URL.Path, base)
	if path == "" {
		return "/"
	}
	return path
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// describe answers with what the function sees of the request.
func describe(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	headers := map[string]string{}
	for k, vs := range r.Header {
		headers[k] = strings.Join(vs, "|")
	}
	w.Header().Set("X-Described", "yes")
	return json.NewEncoder(w).Encode(map[string]interface{}{
		"method": r.Method, "uri": r.RequestURI, "path": pathOf(r), "query": r.URL.RawQuery, "headers": headers, "body": string(body),
	})
}
