// Command guest runs all vectors inside a sandbox and prints one result a line
// as JSON, for the host to compare with its own.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	"github.com/wafer-run/wafer/abi/abitest"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	enc := json.NewEncoder(out)
	for _, v := range abitest.Vectors() {
		if err := enc.Encode(v.Run()); err != nil {
			panic(err)
		}
	}
	if err := out.Flush(); err != nil {
		panic(err)
	}
}
