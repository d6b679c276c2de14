package server

import (
	"errors"
	"io"
	"net"
	"sync"
)

var (
	errOutboxClosed = errors.New("the connection is closed")
	errOutboxFull   = errors.New("the client reads too slowly")
)

// shareAbove is the size from which a frame that goes to many is referred to
// instead of copied: below it copying costs less than a vector of writes.
const shareAbove = 2048

// outbox is what waits to be written to one client: small frames one after
// another in a buffer, so that one write takes them all, and large shared ones
// in between. It is bounded; above the bound it closes itself.
type outbox struct {
	maxBytes, maxMsgs int
	// wake starts or wakes the writer; called locked, when there is something
	// to take and nobody is at it. The writer calls take until it gives nothing.
	wake func()

	mu     sync.Mutex
	moved  sync.Cond // something was written, or the outbox closed
	segs   [][]byte
	tail   *[]byte
	bytes  int // waiting and being written
	msgs   int
	closed bool // takes nothing more
	active bool // a writer is at work
	broken bool // writing failed: what waits is lost
}

func (o *outbox) init(l *Limits, wake func()) {
	o.maxBytes, o.maxMsgs, o.wake = l.QueueBytes, l.QueueMessages, wake
	o.moved.L = &o.mu
}

// put appends what frame appends. An error of frame leaves the outbox as it was.
func (o *outbox) put(frame func(dst []byte) ([]byte, error)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.append(frame, false)
}

// last puts the final frame, whatever waits already; nothing is taken after it.
func (o *outbox) last(frame func(dst []byte) ([]byte, error)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = o.append(frame, true)
	o.closed = true
	o.moved.Broadcast()
}

func (o *outbox) append(frame func(dst []byte) ([]byte, error), last bool) error {
	if o.closed {
		return errOutboxClosed
	}
	if o.tail == nil {
		o.tail = getBuffer()
	}
	start := len(*o.tail)
	grown, err := frame(*o.tail)
	if err != nil {
		return err
	}
	n := len(grown) - start
	if !last && o.over(n) {
		return o.overflow()
	}
	*o.tail = grown
	o.count(n)
	return nil
}

// share appends a frame that others are sent too.
func (o *outbox) share(frame []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return errOutboxClosed
	}
	if o.over(len(frame)) {
		return o.overflow()
	}
	if len(frame) <= shareAbove {
		if o.tail == nil {
			o.tail = getBuffer()
		}
		*o.tail = append(*o.tail, frame...)
	} else {
		if o.tail != nil && len(*o.tail) > 0 {
			o.segs = append(o.segs, *o.tail) // leaves the pool
			o.tail = nil
		}
		o.segs = append(o.segs, frame)
	}
	o.count(len(frame))
	return nil
}

// over reports whether a frame of n bytes exceeds the bound; one alone never does.
func (o *outbox) over(n int) bool {
	return o.bytes > 0 && (o.bytes+n > o.maxBytes || o.msgs >= o.maxMsgs)
}

// overflow forgets what waits, since its reader won't get it in time. What is
// still taken is the last frame.
func (o *outbox) overflow() error {
	o.segs, o.tail = nil, nil
	return errOutboxFull
}

func (o *outbox) count(n int) {
	o.bytes += n
	o.msgs++
	if !o.active {
		o.active = true
		o.wake()
	}
}

// batch is what a writer took.
type batch struct {
	segs  [][]byte
	tail  *[]byte
	bytes int
	msgs  int
}

// take gives what waits. If nothing does, the writer is no longer at work.
func (o *outbox) take() (b batch, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken || (len(o.segs) == 0 && (o.tail == nil || len(*o.tail) == 0)) {
		o.active = false
		if o.tail != nil {
			putBuffer(o.tail)
			o.tail = nil
		}
		o.moved.Broadcast()
		return b, false
	}
	b = batch{o.segs, o.tail, o.bytes, o.msgs}
	o.segs, o.tail = nil, nil
	return b, true
}

// writeTo writes the batch in one system call if it can.
func (b *batch) writeTo(w io.Writer) error {
	if len(b.segs) == 0 {
		_, err := w.Write(*b.tail)
		return err
	}
	v := net.Buffers(b.segs)
	if b.tail != nil {
		v = append(v, *b.tail)
	}
	_, err := v.WriteTo(w)
	return err
}

// wrote says that a batch has left, or never will.
func (o *outbox) wrote(b batch, err error) {
	if b.tail != nil {
		putBuffer(b.tail)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.bytes -= b.bytes
	o.msgs -= b.msgs
	if err != nil {
		o.closed, o.broken = true, true
		o.segs, o.tail = nil, nil
	}
	o.moved.Broadcast()
}

// waitIdle waits until no writer is at work.
func (o *outbox) waitIdle() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.active {
		o.moved.Wait()
	}
}

// calm reports whether little enough waits for a client to be read further.
func (o *outbox) calm() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.isCalm()
}

func (o *outbox) isCalm() bool {
	return o.closed || (o.bytes <= o.maxBytes/2 && o.msgs <= o.maxMsgs/2)
}

// waitCalm waits for it.
func (o *outbox) waitCalm() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for !o.isCalm() {
		o.moved.Wait()
	}
}
