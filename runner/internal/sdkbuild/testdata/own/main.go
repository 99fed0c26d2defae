// A handler inside our own module, which imports our packages.
package main

import "github.com/wafer-run/wafer/guest/fc"

func main() { fc.Start(func(s string) (string, error) { return "own " + s, nil }) }
