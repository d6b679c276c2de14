package daemon

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/rivetdev/rivet/internal/isolate"
	"github.com/rivetdev/rivet/internal/server"
)

// inner is the way of the running code to its own server: handle.fetch and
// handle.websocket of c.client() as a server-side caller, and handler(request)
// as whoever sent the request. It is HTTP over pipes in this process, reached
// through fetch at two host names that nobody can guess.
type inner struct {
	names isolate.Inner
	proof string // what marks a server-side request on its way through the pipe
	pipe  *http.Transport

	once   sync.Once
	conns  chan net.Conn
	closed chan struct{}
}

const proofHeader = "X-Rivet-Inner"

func newInner() *inner {
	name := func() string { return strings.ToLower(rand.Text()) + ".rivet.invalid" } // as URLs have it
	n := &inner{
		names:  isolate.Inner{Server: name(), Public: name()},
		proof:  rand.Text(),
		conns:  make(chan net.Conn),
		closed: make(chan struct{}),
	}
	n.pipe = &http.Transport{DialContext: n.dial, DisableCompression: true}
	return n
}

// client is an HTTP client that knows the two hosts and asks the network for all others.
func (n *inner) client() *http.Client { return &http.Client{Transport: n} }

// RoundTrip sends a request to the server itself or over the network.
func (n *inner) RoundTrip(r *http.Request) (*http.Response, error) {
	switch r.URL.Host {
	case n.names.Server:
		r = r.Clone(r.Context())
		r.Header.Set(proofHeader, n.proof)
	case n.names.Public:
	default:
		return http.DefaultTransport.RoundTrip(r)
	}
	if r.Host == "" || r.Host == r.URL.Host {
		r = r.Clone(r.Context())
		r.Host = "localhost"
	}
	return n.pipe.RoundTrip(r)
}

func (n *inner) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case n.conns <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

// handler marks the requests of server-side callers.
func (n *inner) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if proof := r.Header.Get(proofHeader); proof != "" {
			r.Header.Del(proofHeader)
			if proof == n.proof {
				r = r.WithContext(server.Trusted(r.Context()))
			}
		}
		next.ServeHTTP(w, r)
	})
}

// Accept is net.Listener's.
func (n *inner) Accept() (net.Conn, error) {
	select {
	case c := <-n.conns:
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

// Close is net.Listener's.
func (n *inner) Close() error {
	n.once.Do(func() {
		close(n.closed)
		n.pipe.CloseIdleConnections()
	})
	return nil
}

// Addr is net.Listener's.
func (n *inner) Addr() net.Addr { return &net.UnixAddr{Name: "inner", Net: "pipe"} }
