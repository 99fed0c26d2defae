// Package admin serves what operators and their tools ask a running wafer, on
// an address of its own that clients of functions should not reach:
//
//	GET /healthz       200 "ok" as long as the process answers
//	GET /readyz        200 "ok" while requests are served, otherwise 503 with the
//	                   reason: "starting", "draining" or what a check says
//	GET /debug/pprof/  profiles of the process, only where asked for
//
// and what else is put in [Config].Handlers. A load balancer that polls /readyz
// stops sending requests as soon as [Server.Drain] was called, which is before
// the functions' own listener closes.
package admin
