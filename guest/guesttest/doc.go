// Package guesttest tests the packages of guest the way they are used: built
// for wasip1 and driven through the ABI by a small host, and copied into a
// module of their own. It has no code outside its tests.
package guesttest
