package daemon

import "syscall"

// addrInUse is what the system says of a port that is taken: WSAEADDRINUSE.
// syscall.EADDRINUSE is a number of Go's own here, which no call returns.
const addrInUse syscall.Errno = 10048
