// Command native is a server as the custom runtime wants it.
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %v: %s %s", os.Getenv("GREETING"), os.Args[1:], r.Method, r.URL.Path)
	})
	fmt.Fprintln(os.Stderr, http.ListenAndServe(":"+os.Getenv("FC_SERVER_PORT"), nil))
	os.Exit(1)
}
