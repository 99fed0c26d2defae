package main

import (
	"io"
	"net/http"
	"strings"
)

// switchProtocols goes on in another protocol, in which it has nothing to say.
func switchProtocols(w http.ResponseWriter, _ *http.Request) {
	raw(w, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
}

// heads answers with more headers than anybody reads.
func heads(w http.ResponseWriter, _ *http.Request) {
	raw(w, "HTTP/1.1 200 OK\r\n"+strings.Repeat("A: b\r\n", 1<<20)+"\r\n")
}

// raw writes an answer as it is. The connection stays open.
func raw(w http.ResponseWriter, answer string) {
	if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_, _ = io.WriteString(c, answer)
	}
}
