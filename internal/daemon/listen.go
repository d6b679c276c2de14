package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/rivetdev/rivet/internal/errs"
)

// portTries is how many ports after the wished one are tried.
const portTries = 100

// listen opens host:port. If the port is taken and nobody asked for it, the
// next free one is taken instead. On a loopback host both 127.0.0.1 and ::1 are
// opened, and a port counts as taken if either is: else a browser would meet
// another program at localhost.
func listen(ctx context.Context, host string, port int, asked bool) ([]net.Listener, int, error) {
	for try := port; ; try++ {
		ls, err := listenAll(ctx, host, try)
		if err == nil {
			return ls, ls[0].Addr().(*net.TCPAddr).Port, nil
		}
		if !errors.Is(err, addrInUse) {
			return nil, 0, errs.New(errs.PortTaken, "can't listen on %s: %v", net.JoinHostPort(host, strconv.Itoa(try)), err).
				WithHint("Give another address with --host and --port.")
		}
		if asked || try >= port+portTries || try >= 65535 {
			return nil, 0, errs.New(errs.PortTaken, "port %d on %s is taken by another program", port, host).
				WithHint("Stop that program, or give another port with --port; --port 0 takes any free one.")
		}
	}
}

func listenAll(ctx context.Context, host string, port int) ([]net.Listener, error) {
	var lc net.ListenConfig
	first, err := lc.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	other := ""
	switch host {
	case "127.0.0.1", "localhost":
		other = "::1"
	case "::1":
		other = "127.0.0.1"
	}
	if other == "" {
		return []net.Listener{first}, nil
	}
	port = first.Addr().(*net.TCPAddr).Port
	second, err := lc.Listen(ctx, "tcp", net.JoinHostPort(other, strconv.Itoa(port)))
	switch {
	case err == nil:
		return []net.Listener{first, second}, nil
	case errors.Is(err, addrInUse):
		_ = first.Close()
		return nil, fmt.Errorf("listen: %w", err)
	default: // no IPv6 (or IPv4) here
		return []net.Listener{first}, nil
	}
}
