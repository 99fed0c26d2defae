// Transform decodes a megabyte of JSON, groups what is in it, and encodes it
// again.
package main

import "github.com/aliyun/fc-runtime-go-sdk/fc"

func main() { fc.Start(Handle) }
