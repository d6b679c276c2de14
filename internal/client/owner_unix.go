//go:build unix

package client

import (
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/rivetdev/rivet/internal/errs"
)

// trusted refuses what somebody else owns or may write. A group that is its
// user's own (the same number) counts as that user.
func trusted(path string, info fs.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	if int(st.Uid) != os.Geteuid() {
		return errs.New(errs.ConfigInvalid, "%s belongs to another user (uid %d)", path, st.Uid).
			WithHint("run rivet as that user, or in a directory of your own")
	}
	others := info.Mode().Perm() & 0o002
	if st.Gid != st.Uid {
		others |= info.Mode().Perm() & 0o020
	}
	if others != 0 {
		return errs.New(errs.ConfigInvalid, "others may write %s (%v)", path, info.Mode().Perm()).
			WithHint("chmod go-w %s", quoted(path))
	}
	return nil
}

// secret refuses what somebody else owns, or anybody else may read.
func secret(path string, info fs.FileInfo) error {
	if err := trusted(path, info); err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return errs.New(errs.ConfigInvalid, "others may read %s (%v), which holds a token", path, info.Mode().Perm()).
			WithHint("chmod 600 %s, and restart the server for a new token", quoted(path))
	}
	return nil
}

// quoted is a path as a shell takes it.
func quoted(path string) string {
	if !strings.ContainsAny(path, " \t\n\"'`$&|;<>()*?[]{}!#~\\") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// sameDevice reports whether no mount point lies between two directories.
func sameDevice(a, b string) bool {
	ia, errA := os.Stat(a)
	ib, errB := os.Stat(b)
	if errA != nil || errB != nil {
		return false
	}
	sa, okA := ia.Sys().(*syscall.Stat_t)
	sb, okB := ib.Sys().(*syscall.Stat_t)
	return okA && okB && sa.Dev == sb.Dev
}
