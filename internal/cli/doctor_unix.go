//go:build linux || darwin || freebsd

package cli

import "golang.org/x/sys/unix"

// freeBytes is the room for an ordinary user on dir's disk.
func freeBytes(dir string) (n int64, known bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}

// openFiles is how many files a process may have open.
func openFiles() (n uint64, known bool) {
	var r unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &r); err != nil {
		return 0, false
	}
	return uint64(r.Cur), true
}

// alive reports whether there is a process of that number.
func alive(pid int) bool { return unix.Kill(pid, 0) != unix.ESRCH }
