//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !dragonfly

package cli

import (
	"errors"
	"os"
)

// singleKeys: there are no keys on this system.
func singleKeys(int) (restore func(), err error) { return nil, errors.ErrUnsupported }

func foreground(int) bool { return false }

func resumed() (c <-chan os.Signal, stop func()) { return nil, func() {} }
