package engine

import (
	"time"

	"github.com/rivetdev/rivet/internal/actor"
)

// sleepNow ends at asleep; it wakes again if somebody came meanwhile.
func (c *cell) sleepNow() {
	c.phase = asleep
	c.inst, c.made, c.creates = nil, nil, nil
	if c.lived {
		c.lived = false
		if !c.restart && c.e.opts.Observer != nil {
			c.observe(&actor.Entry{Kind: actor.EntrySleep})
		}
	}
	c.isUp()
	if len(c.pending) > 0 {
		c.wake()
		return
	}
	if c.restart {
		c.e.rewaker.add(c)
		return
	}
	c.releaseMoved()
	c.unused()
}

// unused forgets the cell if it sleeps and holds nothing.
func (c *cell) unused() {
	if !c.evicted && c.phase == asleep && !c.restart && len(c.pending) == 0 && len(c.conns) == 0 && len(c.calls) == 0 {
		c.e.evict(c)
	}
}

// busy cancels a pending sleep.
func (c *cell) busy() {
	c.idle++
	if c.stopIdle != nil {
		c.stopIdle()
		c.stopIdle = nil
	}
}

// quiet arms the sleep timer if nothing keeps the actor awake.
func (c *cell) quiet() {
	if c.phase != awake || !c.work.None() || len(c.calls) > 0 || len(c.pending) > 0 ||
		c.stopIdle != nil || c.def.HasVars && len(c.conns) > 0 {
		return
	}
	c.idle++
	idle, gen := c.idle, c.gen
	c.stopIdle = c.e.clock.AfterFunc(c.def.Options.SleepTimeout, func() {
		c.mu.Lock()
		defer c.unlock()
		if c.idle == idle && c.gen == gen && c.phase == awake {
			c.stopIdle = nil
			c.stop(0)
		}
	})
}

// stop begins the one way by which an actor stops; the cell is locked and awake or starting.
func (c *cell) stop(grace time.Duration) {
	c.busy()
	c.phase = stopping
	c.inst.Stop(grace)
}

// leave makes an actor that runs other code than v move to it. moved is nil if
// it doesn't run; else it is closed when it has left the old code. One whose start
// runs nothing of the user's starts when it is next wanted: so a thousand of them
// don't keep those waiting who are called at once.
func (c *cell) leave(v *loaded) (moved <-chan struct{}, conns int) {
	c.mu.Lock()
	defer c.unlock()
	if c.version == v || c.phase == asleep || c.phase == acquiring {
		return nil, 0
	}
	m := make(chan struct{})
	c.moved = append(c.moved, m)
	c.reload = true
	if def := v.Registry().Actors[c.ref.Name]; def != nil && (def.HasOnStart || def.HasVars) {
		c.restart = true
	}
	if c.phase == awake || c.phase == starting {
		c.stop(c.e.opts.ReloadGrace)
	}
	return m, len(c.conns)
}

// shutdown stops the actor for good.
func (c *cell) shutdown(grace time.Duration) {
	c.mu.Lock()
	defer c.unlock()
	c.restart = false
	c.failPending(shuttingDown())
	if c.phase == awake || c.phase == starting {
		c.stop(grace)
	}
}

// settled is closed when the actor is asleep or gone.
func (c *cell) settled() <-chan struct{} {
	c.mu.Lock()
	defer c.unlock()
	m := make(chan struct{})
	if c.phase == asleep || c.evicted {
		close(m)
		return m
	}
	c.moved = append(c.moved, m)
	return m
}
