package isolate

import (
	"errors"
	"io"
	"sync"
)

// pipeRoom is what a bodyPipe holds before its writer waits.
const pipeRoom = 256 << 10

// errBodyUnwanted is told to who writes a body that nobody reads any more.
var errBodyUnwanted = errors.New("the body isn't read any more")

// bodyPipe is a body between two rooms of this process: a small response is
// written whole, read or not; a long one waits for its reader. Its methods may
// be called from any goroutine.
type bodyPipe struct {
	onClose func() // told once it isn't read any more; nil: nobody

	mu    sync.Mutex
	moved *sync.Cond
	buf   []byte
	err   error // what follows buf; nil: more may come
	shut  bool  // not read any more
}

func newBodyPipe() *bodyPipe {
	p := &bodyPipe{}
	p.moved = sync.NewCond(&p.mu)
	return p
}

// Write takes b; it waits while there is no room.
func (p *bodyPipe) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for {
		if p.shut || p.err != nil {
			return n, errBodyUnwanted
		}
		if room := pipeRoom - len(p.buf); room > 0 {
			k := min(room, len(b)-n)
			p.buf = append(p.buf, b[n:n+k]...)
			n += k
			p.moved.Broadcast()
		}
		if n == len(b) {
			return n, nil
		}
		p.moved.Wait()
	}
}

// CloseWithError ends the body, with an error it breaks off.
func (p *bodyPipe) CloseWithError(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		if p.err = err; err == nil {
			p.err = io.EOF
		}
	}
	p.moved.Broadcast()
	return nil
}

// Read is io.Reader's.
func (p *bodyPipe) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.buf) == 0 && p.err == nil && !p.shut {
		p.moved.Wait()
	}
	if p.shut {
		return 0, io.ErrClosedPipe
	}
	n := copy(b, p.buf)
	p.buf = append(p.buf[:0], p.buf[n:]...)
	p.moved.Broadcast()
	if n == 0 && len(p.buf) == 0 && p.err != nil {
		return 0, p.err
	}
	return n, nil
}

// Close says that nobody reads any more.
func (p *bodyPipe) Close() error {
	p.mu.Lock()
	p.shut, p.buf = true, nil
	p.moved.Broadcast()
	p.mu.Unlock()
	if p.onClose != nil {
		p.onClose()
	}
	return nil
}
