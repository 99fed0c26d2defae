// Package logs is the logging capability: what a guest prints to stdout and
// stderr, and what it writes through the import module wafer_log_v1, arrives
// line by line, tagged with the request id, between the Start and End lines
// that Function Compute prints.
//
// A [Recorder] belongs to one instance and keeps the tail of the current
// request's log; a [Sink] gets every line as it ends. Both are bounded: a line
// over [MaxLine] is cut, a request over [MaxRequest] loses the rest and says
// so.
package logs
