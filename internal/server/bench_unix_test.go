//go:build unix

package server

import "syscall"

// cpuTime is what this process, client and server, has used of the processor:
// a figure that other work on the machine doesn't change much.
func cpuTime() int64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}
