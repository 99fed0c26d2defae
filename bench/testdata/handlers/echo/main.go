// Echo is an HTTP handler that answers with the body it gets.
package main

import "github.com/aliyun/fc-runtime-go-sdk/fc"

func main() { fc.StartHttp(Handle) }
