// Package journal writes what operators want to know as JSON, one object a line:
// every line of every function's log, and one record per request. It also reads
// such files, while they are written and across their rotation.
//
//	logs.Sink, front.Config.Record ──► buffer ──► file, rotated, or stdout
//
//	{"time":"2026-01-02T15:04:05.123456Z","type":"log","functionName":"hello",
//	 "qualifier":"LATEST","versionId":"3","requestId":"1-...","instanceId":"c-...",
//	 "stream":"stdout","message":"..."}
//
//	{"time":"2026-01-02T15:04:05.123456Z","type":"request","functionName":"hello",
//	 ...,"method":"POST","path":"/","clientIp":"10.0.0.7","status":200,
//	 "durationMs":1.25,"invocationMs":0.91,...}
//
// Writing never waits for the disk: a guest that logs, or a client that asks,
// must not be held up by it. What the buffer cannot take is dropped and counted,
// and the journal says how much was as soon as it can, by a record of type
// "dropped".
package journal
