//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package cli

import (
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// singleKeys has the terminal hand over single keys, unechoed. Signals (Ctrl-C,
// Ctrl-Z) and output go on as ever. restore puts it back as it was.
func singleKeys(fd int) (restore func(), err error) {
	was, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, err
	}
	now := *was
	now.Lflag &^= unix.ICANON | unix.ECHO
	now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, setTermios, &now); err != nil {
		return nil, err
	}
	return func() {
		if foreground(fd) { // else it is another's by now
			_ = unix.IoctlSetTermios(fd, setTermios, was)
		}
	}, nil
}

// foreground reports whether fd is our terminal and we are who it listens to.
func foreground(fd int) bool {
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// resumed tells when the process goes on after it was stopped. Until stop is
// called, reading in the background fails rather than stops the process.
func resumed() (c <-chan os.Signal, stop func()) {
	signal.Ignore(unix.SIGTTIN, unix.SIGTTOU)
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, unix.SIGCONT)
	return ch, func() {
		signal.Stop(ch)
		signal.Reset(unix.SIGTTIN, unix.SIGTTOU)
	}
}
