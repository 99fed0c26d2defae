// Package instancelog is the log of a native instance. What the program prints
// comes through two pipes without a word about which invocation it belongs to,
// several of which may run at once; a [Log] sorts it into an [Entry] each:
//
//   - While one invocation runs, everything is its.
//   - While several run, a line belongs to the one whose request id is in it,
//     and lines that go on indented to the one before.
//   - Everything else belongs to none: it reaches the sink without an id.
//
// Start and End lines are the log's own. The FC SDKs print the same lines,
// and custom runtimes should; those are left out, so that a log reads the same
// whatever the program is made of.
package instancelog
