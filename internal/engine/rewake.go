package engine

import (
	"runtime"
	"sync"
)

// rewaker starts actors again after a reload, a few at a time: so an actor that
// somebody calls meanwhile, which is woken at once, need not queue behind a
// thousand that nobody asked for.
type rewaker struct {
	e *Engine

	mu      sync.Mutex
	queue   []*cell
	running int
}

// add has c started before long, unless somebody wakes it first. c is locked.
func (r *rewaker) add(c *cell) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue = append(r.queue, c)
	if r.running < 2*runtime.GOMAXPROCS(0) {
		r.running++
		r.e.bg.Add(1)
		go r.work()
	}
}

// work ends when the queue is empty.
func (r *rewaker) work() {
	defer r.e.bg.Done()
	for {
		r.mu.Lock()
		if len(r.queue) == 0 {
			r.running--
			r.mu.Unlock()
			return
		}
		c := r.queue[0]
		r.queue = r.queue[1:]
		r.mu.Unlock()
		if up := c.rewake(); up != nil {
			<-up
		}
	}
}

// rewake wakes a cell that is to run again, if it is still asleep. up is closed
// when it has started, or failed to.
func (c *cell) rewake() (up <-chan struct{}) {
	c.mu.Lock()
	defer c.unlock()
	if c.phase != asleep || !c.restart || c.evicted {
		return nil
	}
	ch := make(chan struct{})
	c.up = append(c.up, ch)
	c.wake()
	return ch
}

// retryRestart has an actor started that could not be read from the store.
func (c *cell) retryRestart() {
	c.mu.Lock()
	defer c.unlock()
	if c.phase == asleep && !c.evicted && !c.e.draining.Load() {
		c.restart = true
		c.e.rewaker.add(c)
	}
}

// isUp tells those who wait for the end of a start.
func (c *cell) isUp() {
	for _, ch := range c.up {
		close(ch)
	}
	c.up = nil
}
