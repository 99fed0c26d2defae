// A handler inside our own module, which imports the FC Go SDK.
package main

import "github.com/aliyun/fc-runtime-go-sdk/fc"

func main() { fc.Start(func(s string) (string, error) { return "sdk " + s, nil }) }
