// Package examples has one folder for each kind of function. The folders are
// small modules of their own, as a user would have them; this package holds the
// test that runs the commands of their README files and compares what is
// printed.
package examples
