package studio

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// watcher is one client of the socket. It outlives its connection for a
// minute, so that a client that comes back misses nothing. Frames that were
// sent are kept until they are acknowledged; what changes beyond that is not
// kept but looked up when there is room again.
type watcher struct {
	s      *Studio
	epoch  string
	access access
	wake   chan struct{}

	running sync.Mutex

	mu    sync.Mutex
	conn  *wire // nil: away
	left  time.Time
	n     uint64 // of the last frame
	acked uint64
	ackAt time.Time // of the last ack, or of the first frame after all were acked
	sent  []sentFrame
	held  int // bytes of sent
	subs  map[int]*sub
	order []*sub
	hz    float64
}

type sentFrame struct {
	n    uint64
	text []byte
	at   time.Time
}

func (w *watcher) poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// forgotten reports whether it has been away for too long.
func (w *watcher) forgotten() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.conn == nil && time.Since(w.left) > resumeFor
}

// attach gives the client a connection; ok is false if frames after n are gone.
func (w *watcher) attach(c *wire, n uint64) (again [][]byte, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn != nil { // the old connection is not known to be lost yet
		_ = w.conn.conn.Close()
	}
	if n > w.n || len(w.sent) > 0 && n+1 < w.sent[0].n || len(w.sent) == 0 && n < w.n {
		return nil, false
	}
	for _, f := range w.sent {
		if f.n > n {
			again = append(again, f.text)
		}
	}
	w.conn, w.acked, w.ackAt = c, max(w.acked, n), time.Now()
	w.poke()
	return again, true
}

// detach notes that a connection has ended.
func (w *watcher) detach(c *wire) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn == c {
		w.conn, w.left = nil, time.Now()
	}
	w.poke()
}

// hear takes a frame of the client.
func (w *watcher) hear(f *inspect.ToServer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.poke()
	switch f.T {
	case "ack":
		w.ack(f.N)
	case "sub":
		w.subscribe(f)
	case "unsub":
		w.drop(f.ID)
	case "window":
		if s := w.subs[f.ID]; s != nil && f.From >= 0 && f.To >= f.From {
			s.window = inspect.Window{From: f.From, To: min(f.To, f.From+maxList)}
			s.next = time.Time{}
			s.stale = true
		}
	case "rate":
		w.hz = min(max(f.Hz, 0.1), 20)
	}
}

func (w *watcher) drop(id int) {
	if s := w.subs[id]; s != nil {
		delete(w.subs, id)
		w.order = slices.DeleteFunc(w.order, func(o *sub) bool { return o == s })
	}
}

func (w *watcher) subscribe(f *inspect.ToServer) {
	if len(w.subs) >= inspect.MaxSubscriptions && w.subs[f.ID] == nil {
		w.frame(&inspect.ToClient{T: "error", ID: f.ID, Error: w.s.errorOf(invalid("There are %d subscriptions; no more are taken.", inspect.MaxSubscriptions))})
		return
	}
	w.drop(f.ID)
	s, err := w.s.subscription(f)
	if err != nil {
		w.frame(&inspect.ToClient{T: "error", ID: f.ID, Error: w.s.errorOf(err)})
		return
	}
	w.subs[f.ID] = s
	w.order = append(w.order, s)
}

func (w *watcher) ack(n uint64) {
	if n > w.n || n <= w.acked {
		return
	}
	w.acked, w.ackAt = n, time.Now()
}

// frame numbers, keeps and sends a frame; w.mu is held.
func (w *watcher) frame(f *inspect.ToClient) {
	if w.acked == w.n {
		w.ackAt = time.Now()
	}
	w.n++
	f.N = w.n
	b := mustFrame(f)
	w.sent = append(w.sent, sentFrame{w.n, b, time.Now()})
	w.held += len(b)
	for len(w.sent) > 1 && (w.held > resumeBytes || time.Since(w.sent[0].at) > resumeFor) {
		w.held -= len(w.sent[0].text)
		w.sent[0] = sentFrame{}
		w.sent = w.sent[1:]
	}
	if w.conn != nil && w.conn.send(b) != nil {
		_ = w.conn.conn.Close() // its reader ends it
	}
}

// room reports whether the client keeps up; w.mu is held.
func (w *watcher) room() bool {
	if w.n-w.acked >= inspect.MaxInFlightFrames {
		return false
	}
	bytes := 0
	for i := len(w.sent) - 1; i >= 0 && w.sent[i].n > w.acked; i-- {
		bytes += len(w.sent[i].text)
	}
	return bytes < inspect.MaxInFlightBytes
}

// run sends what changes over c, until it ends.
func (w *watcher) run(c *wire) {
	w.running.Lock() // the run of a connection that was lost may still be at it
	defer w.running.Unlock()
	ctx, cancel := context.WithCancel(w.s.hub.ctx)
	defer cancel()
	heard, stop := w.s.o.Ring.Listen()
	defer stop()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var pause <-chan time.Time
	for {
		select {
		case <-heard:
		case <-w.wake:
		case <-tick.C:
		case <-pause:
		case <-ctx.Done():
			return
		}
		wait, live := w.flush(ctx, c)
		if !live {
			return
		}
		pause = nil
		if wait > 0 {
			pause = time.After(wait)
		}
	}
}

// flush lets every subscription that is due send; wait is when the next one is.
func (w *watcher) flush(ctx context.Context, c *wire) (wait time.Duration, live bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn != c {
		return 0, false
	}
	if w.n > w.acked && time.Since(w.ackAt) > ackWait {
		c.close(closeTryLater, "nothing was acknowledged for 30 s")
		_ = c.conn.Close()
		return 0, false
	}
	least := time.Duration(float64(time.Second) / w.hz)
	for _, s := range slices.Clone(w.order) {
		if !w.room() {
			return 0, true // an ack wakes us
		}
		now := time.Now()
		if d := s.next.Sub(now); d > 0 {
			if s.due(w.s) && (wait == 0 || d < wait) {
				wait = d
			}
			continue
		}
		if !s.due(w.s) {
			continue
		}
		s.stale, s.view = false, s.window
		if s.lost {
			s.lost, s.began = false, false
		}
		w.mu.Unlock() // looking takes time; the client may speak meanwhile
		frames, err := s.look(ctx, w.s)
		w.mu.Lock()
		if w.conn != c {
			s.stale, s.lost = true, true // what was found is not sent; begin anew when it is back
			return 0, false
		}
		if w.subs[s.id] != s {
			continue
		}
		if err != nil {
			w.drop(s.id)
			frames = []*inspect.ToClient{{T: "error", Error: w.s.errorOf(err)}}
		}
		for _, f := range frames {
			f.ID = s.id
			w.frame(f)
		}
		s.next = now.Add(max(least, s.every, 10*time.Since(now)))
	}
	return wait, true
}
