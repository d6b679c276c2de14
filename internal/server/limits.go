package server

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/v0"
)

// Limits bound what clients can make the server hold; 0 takes the default.
type Limits struct {
	Message         int   // bytes of a public client's message or action body; 64 KiB
	InternalMessage int   // the same of a server-side caller; 16 MiB
	RawBody         int64 // bytes of a raw HTTP body; 20 MiB
	RawMessage      int   // bytes of a raw WebSocket's message; 1 MiB
	Connections     int   // open WebSockets and streams; 10,000
	Waiting         int   // calls that were begun and not answered; 10,000
	QueueBytes      int   // of frames that wait for one client; 1 MiB
	QueueMessages   int   // frames that wait for one client; 4,096
	InFlight        int   // actions of one connection before it isn't read further; 1,024
}

func (l Limits) withDefaults() Limits {
	set := func(p *int, def int) {
		if *p <= 0 {
			*p = def
		}
	}
	set(&l.Message, 64<<10)
	set(&l.InternalMessage, 16<<20)
	set(&l.RawMessage, 1<<20)
	set(&l.Connections, 10_000)
	set(&l.Waiting, 10_000)
	set(&l.QueueBytes, 1<<20)
	set(&l.QueueMessages, 4096)
	set(&l.InFlight, 1024)
	if l.RawBody <= 0 {
		l.RawBody = 20 << 20
	}
	return l
}

// message is the limit of one message of a caller.
func (l *Limits) message(server bool) int {
	if server {
		return max(l.InternalMessage, l.Message)
	}
	return l.Message
}

func shuttingDown() error {
	return errs.New(errs.ShuttingDown, "The server is shutting down.")
}

// begin counts a call in; after a nil the caller owes an end.
func (s *Server) begin() error {
	if s.ctx.Err() != nil {
		return shuttingDown()
	}
	if s.waiting.Add(1) > int64(s.limits().Waiting) {
		s.waiting.Add(-1)
		return errs.New(errs.ServerOverloaded, "The server has %d calls waiting; try again later.", s.limits().Waiting)
	}
	return nil
}

func (s *Server) end() { s.waiting.Add(-1) }

// buffers are for bodies and frames; none above keepBuffer is kept.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 2048); return &b }}

const keepBuffer = 64 << 10

func getBuffer() *[]byte { return buffers.Get().(*[]byte) }

func putBuffer(b *[]byte) {
	if cap(*b) <= keepBuffer {
		*b = (*b)[:0]
		buffers.Put(b)
	}
}

// readBody appends a request's body to dst, at most limit bytes of it.
func readBody(dst []byte, r *http.Request, limit int) ([]byte, error) {
	if r.ContentLength > int64(limit) {
		return dst, v0.MessageTooLong()
	}
	for {
		if len(dst) == cap(dst) {
			dst = append(dst, 0)[:len(dst)]
		}
		n, err := r.Body.Read(dst[len(dst):min(cap(dst), limit+1)])
		dst = dst[:len(dst)+n]
		if len(dst) > limit {
			return dst, v0.MessageTooLong()
		}
		if errors.Is(err, io.EOF) {
			return dst, nil
		}
		if err != nil {
			return dst, v0.InvalidRequest("the body could not be read: %v", err)
		}
	}
}

// meter counts a streamed body and breaks off above its limit.
type meter struct {
	io.ReadCloser
	left int64
	over atomic.Bool
}

var errBodyTooLarge = &errs.Error{Code: errs.MessageTooLong, Msg: v0.MessageTooLong().Msg, Public: true, Status: http.StatusRequestEntityTooLarge}

func (m *meter) Read(p []byte) (int, error) {
	if m.left < 0 {
		return 0, errBodyTooLarge
	}
	if int64(len(p)) > m.left+1 {
		p = p[:m.left+1]
	}
	n, err := m.ReadCloser.Read(p)
	if m.left -= int64(n); m.left < 0 {
		m.over.Store(true)
		return n - 1, errBodyTooLarge
	}
	return n, err
}
