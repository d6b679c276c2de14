//go:build !windows

package daemon

import "syscall"

// addrInUse is what the system says of a port that is taken.
const addrInUse = syscall.EADDRINUSE
