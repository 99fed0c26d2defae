// Package process starts native programs and contains them: each is a tree of
// processes of its own that sees its code, its temporary directory and little
// else, may use so much memory, CPU and processes, and ends as a whole.
//
// A process is described by a [Spec], started by [Start] and ended by
// [Process.Kill]. What surrounds it depends on the kernel and on who wafer runs
// as: every [Mechanism] is best effort, [Support] says which of them this
// machine has, and [Process.Report] which of them hold one process and why
// others do not. [Spec.Require] makes a missing one an error.
//
// # Network
//
// A process without egress runs in a network namespace of its own, with nothing
// but a loopback interface, where that is possible. [Network] reaches into it:
// Dial for servers that the process runs, Listen for what wafer serves to it.
// Where there is no such namespace, or with egress, the same calls use the
// host's network, so callers need not care:
//
//	network, err := process.NewNetwork(false)
//	ln, err := network.Listen("tcp", "127.0.0.1:0")    // say, the runtime API
//	p, err := process.Start(process.Spec{
//		Path: "bootstrap", Dir: dir, Network: network,
//		Env: []string{"FC_RUNTIME_API=" + ln.Addr().String()},
//	})
//	conn, err := network.Dial(ctx, "tcp", "127.0.0.1:9000")
//
// # What it costs wafer
//
// Each process takes one thread of wafer's for as long as it lives: the kernel
// kills a process when the thread that started it ends, and only a thread of
// its own can be restricted without restricting wafer. Every start marks all of
// wafer's descriptors as not to be inherited, those, too, that were opened by
// other means than Go's. The first start takes some milliseconds more, to find
// out what there is, and keeps one descriptor. It also removes what an earlier
// wafer left that was killed, and ends processes that it could not take along.
package process
