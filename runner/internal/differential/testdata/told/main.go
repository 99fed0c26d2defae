// Command told is a server that prints what it is told with each request, and
// answers with its environment.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"slices"
	"strings"
)

func main() {
	log.Fatal(http.ListenAndServe(":9000", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		headers, _ := json.Marshal(r.Header) // sorted
		fmt.Printf("told %s %s of %s, %q (%d bytes), %s\n", r.Method, r.RequestURI, r.Host, body, r.ContentLength, headers)
		var own []string
		for _, v := range os.Environ() {
			if strings.HasPrefix(v, "FC_") {
				own = append(own, v)
			}
		}
		slices.Sort(own)
		_ = json.NewEncoder(w).Encode(own)
	})))
}
