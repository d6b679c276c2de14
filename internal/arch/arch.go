// Package arch enforces the map of the code: which package may import which, as
// the `imports` block of docs/architecture.md says, that every package says what
// it promises, and that the environment is read in one place alone. Its tests
// parse the sources themselves: a test that runs `go list` would be answered
// from Go's test cache after a forbidden import was added.
package arch
