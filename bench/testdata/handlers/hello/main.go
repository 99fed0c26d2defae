// Hello is the smallest JSON handler.
package main

import "github.com/aliyun/fc-runtime-go-sdk/fc"

func main() { fc.Start(Handle) }
