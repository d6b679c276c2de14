package cli

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// maxQueued bounds what waits for a reader that stands still.
const maxQueued = 4 << 20

// lineQueue writes what it is given, in order, on a goroutine of its own: a
// terminal that stands still (Ctrl-S) or a slow reader of a pipe never stops an
// actor. Past a bound, lines are left out and counted.
type lineQueue struct {
	w    io.Writer
	mark func(lost int) string // the line that tells of lines left out

	mu   sync.Mutex
	buf  []byte
	lost int
	held bool // by whoever uses the terminal meanwhile
	wake chan struct{}
	end  chan struct{} // closed: write what is there, and end
	done chan struct{}
}

// startLines starts a queue; Close ends it.
func startLines(w io.Writer, mark func(lost int) string) *lineQueue {
	q := &lineQueue{w: w, mark: mark, wake: make(chan struct{}, 1), end: make(chan struct{}), done: make(chan struct{})}
	go q.run()
	return q
}

// Write takes whole lines; it never blocks and never fails.
func (q *lineQueue) Write(p []byte) (int, error) {
	q.mu.Lock()
	if len(q.buf)+len(p) > maxQueued {
		q.lost++
	} else {
		q.tell()
		q.buf = append(q.buf, p...)
	}
	q.mu.Unlock()
	q.poke()
	return len(p), nil
}

// tell puts in how many lines were left out before the next one; q.mu is held.
func (q *lineQueue) tell() {
	if q.lost > 0 {
		q.buf = append(q.buf, q.mark(q.lost)...)
		q.lost = 0
	}
}

func (q *lineQueue) poke() {
	select {
	case q.wake <- struct{}{}:
	default: // it is awake
	}
}

func (q *lineQueue) run() {
	defer close(q.done)
	for {
		q.mu.Lock()
		var out []byte
		if !q.held {
			if len(q.buf) == 0 {
				q.tell()
			}
			out, q.buf = q.buf, nil
		}
		q.mu.Unlock()
		if len(out) > 0 {
			_, _ = q.w.Write(out) // a reader that left is noticed by the signal it sends
			continue
		}
		select {
		case <-q.wake:
		case <-q.end:
			select {
			case <-q.wake: // there is more
			default:
				return
			}
		}
	}
}

// Hold keeps lines back until Release, while another program has the terminal.
func (q *lineQueue) Hold() { q.hold(true) }

// Release lets them go on.
func (q *lineQueue) Release() { q.hold(false) }

func (q *lineQueue) hold(held bool) {
	q.mu.Lock()
	q.held = held
	q.mu.Unlock()
	q.poke()
}

// Close writes what waits, for a moment, and ends.
func (q *lineQueue) Close() {
	q.Release()
	close(q.end)
	select {
	case <-q.done:
	case <-time.After(2 * time.Second): // nobody reads, and the process ends
	}
}

func leftOut(n int) string { return fmt.Sprintf("%d lines were left out: nobody read them in time", n) }
