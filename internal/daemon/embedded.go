package daemon

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"

	"github.com/rivetdev/rivet/internal/actor"
)

// OpenReading opens storage without any code and for reading alone: the
// inspector API tells what is stored, no actor can start and nothing is
// changed. It stands in place of the first Swap, and needs Options.Embedded.
func (d *Daemon) OpenReading(ctx context.Context) error {
	d.swapping.Lock()
	defer d.swapping.Unlock()
	if d.pipe == nil {
		return errors.New("daemon: OpenReading needs Options.Embedded")
	}
	d.reading = true
	_, err := d.open(ctx, actor.RunConfig{})
	return err
}

// HTTPClient reaches an embedded daemon under any host name, while Serve runs.
func (d *Daemon) HTTPClient() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return d.pipe.dial(ctx)
	}}}
}

// Token is Options.AuthToken.
func (d *Daemon) Token() string { return d.o.AuthToken }

// pipe is a listener within the process.
type pipe struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newPipe() *pipe { return &pipe{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipe) dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept gives the next connection.
func (p *pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// Close refuses further connections.
func (p *pipe) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

// Addr is no address.
func (p *pipe) Addr() net.Addr { return &net.UnixAddr{Name: "embedded", Net: "pipe"} }
