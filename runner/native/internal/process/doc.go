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
package process
