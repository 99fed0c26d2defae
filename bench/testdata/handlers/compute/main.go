// Compute uses the processor: a regular expression, sorting, SHA-256.
package main

import "github.com/aliyun/fc-runtime-go-sdk/fc"

func main() { fc.Start(Handle) }
