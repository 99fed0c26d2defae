// Command wasi-command is a plain program: it knows nothing of functions. The
// event is its input, what it prints is the result.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	words := map[string]int{}
	in := bufio.NewScanner(os.Stdin)
	in.Split(bufio.ScanWords)
	for in.Scan() {
		words[in.Text()]++
	}
	if err := in.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "reading the event:", err)
		os.Exit(1)
	}
	if len(words) == 0 {
		fmt.Fprintln(os.Stderr, "no words in the event")
		os.Exit(2)
	}
	if err := json.NewEncoder(os.Stdout).Encode(words); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
