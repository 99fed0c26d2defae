// Package sdkbuild builds handlers written for the FC Go SDK into WebAssembly
// functions, without changing a byte of their source.
//
// A handler imports github.com/aliyun/fc-runtime-go-sdk/fc, or our own
// github.com/wafer-run/wafer/guest/fc. Neither has to be reachable: both are
// written from sources embedded in this program into a temporary directory, as
// modules without requirements of their own,
//
//	<tmp>/sdk      module github.com/aliyun/fc-runtime-go-sdk
//	<tmp>/wafer    module github.com/wafer-run/wafer: guest/... and abi only
//	<tmp>/require  module wafer.build/require: requires both
//	<tmp>/go.work  uses the handler's module and require, replaces the first two
//
// and the Go toolchain of the user's machine does the rest, under GOWORK=<tmp>/go.work.
// What must exist only in the build (a go.mod the handler lacks, one more file
// in package runtime, the SDK inside a vendor directory) is given to it by
// -overlay. The handler's tree may be read-only.
//
// See RATIONALE.md for why a workspace, and what else was tried.
package sdkbuild
