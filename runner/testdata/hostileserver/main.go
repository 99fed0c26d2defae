// Hostileserver answers as net/http would not.
package main

import (
	"bytes"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"
)

func main() {
	http.HandleFunc("/sleep", func(http.ResponseWriter, *http.Request) { time.Sleep(time.Second) })
	http.HandleFunc("/count", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "whole") })
	http.HandleFunc("/unread", unread)
	http.HandleFunc("/later", later)
	http.HandleFunc("/open", open)
	http.HandleFunc("/chunks", chunks)
	log.Fatal(http.ListenAndServe(":9000", nil))
}

// unread answers its request, and the next on the connection without reading it.
func unread(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	go func() {
		time.Sleep(200 * time.Millisecond)
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npart")
		_ = conn.Close()
	}()
}

// later goes to work when its request has been answered.
func later(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "4")
	fmt.Fprint(w, "busy")
	w.(http.Flusher).Flush()
	for {
	}
}

var kept []net.Conn

// open leaves its connection open when the host has no use for it any more.
func open(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	kept = append(kept, conn)
	fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
}

// chunks answers with chunks of one byte each, without an end.
func chunks(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
	b := bytes.Repeat([]byte("1\r\nx\r\n"), 10<<10)
	for err == nil {
		_, err = conn.Write(b)
	}
}
