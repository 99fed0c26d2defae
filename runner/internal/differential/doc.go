// Package differential has no code but tests: they send the same requests to the
// same functions run in different ways, and compare what comes back.
//
//   - As a module in a sandbox and as a native process, each behind the front,
//     over real connections.
//   - As a module that was rewritten, as it was built, and as it was built in
//     wazero's interpreter: answers, traps and all of memory.
//
// The functions are those of folder examples.
package differential
