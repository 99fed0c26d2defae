// Package events describes the documents that triggers and event buses send to
// functions, for use as the input type of a handler:
//
//	func handle(event events.OssEvent) error
//
// Names and JSON forms are those of the FC Go SDK. Most fields are pointers, so
// that a handler can tell a missing value from an empty one.
package events
