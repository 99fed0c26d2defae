// Warmup has an initializer that takes its time.
package main

import "github.com/aliyun/fc-runtime-go-sdk/fc"

func main() {
	fc.RegisterInitializerFunction(initialize)
	fc.Start(Handle)
}
