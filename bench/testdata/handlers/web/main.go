// Web is an application on the router chi.
package main

import "github.com/aliyun/fc-runtime-go-sdk/fc"

func main() { fc.StartHttp(Handle) }
