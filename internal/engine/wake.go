package engine

import (
	"github.com/rivetdev/rivet/internal/actor"
)

// wake reads the actor's image and starts it; the cell is locked and asleep.
func (c *cell) wake() {
	c.phase = acquiring
	c.e.bg.Add(1)
	go func() {
		defer c.e.bg.Done()
		img, lease, err := c.e.store.Acquire(c.e.ctx, c.id)
		c.mu.Lock()
		defer c.unlock()
		c.acquired(img, lease, err)
	}()
}

// acquired goes on with waking, or with creating; the cell is locked.
func (c *cell) acquired(img *actor.Image, lease actor.Lease, err error) {
	if err != nil {
		c.failPending(unavailable(err))
		if c.restart { // nobody asks for it, so nobody would notice: try again
			c.restart = false
			c.e.clock.AfterFunc(storeRetry, c.retryRestart)
		}
		c.sleepNow()
		return
	}
	c.lease = lease
	c.made = nil
	if img == nil {
		if c.made = c.pendingCreation(); c.made == nil {
			c.restart = false
			c.sleepNow()
			return
		}
		img = &actor.Image{Ref: c.made.ref, Input: c.made.input}
	}
	c.ref, c.creates, c.initialized = img.Ref, c.made, img.Initialized
	c.read(img)
	if !c.wantsLife() {
		c.createOnly()
		return
	}
	c.start(img)
}

// read takes what the cell keeps of an image.
func (c *cell) read(img *actor.Image) {
	c.rev, c.stateRev = img.Rev, img.Rev
	c.bytes = int64(len(img.Snapshot))
	for _, p := range img.Patches {
		c.bytes += int64(len(p))
	}
}

// pendingCreation is the first creation that somebody waits for. Whoever asked
// before that for an actor that must exist is told that it doesn't.
func (c *cell) pendingCreation() *creation {
	for len(c.pending) > 0 {
		it := c.pending[0]
		if it.create != nil {
			return it.create
		}
		c.pending = c.pending[1:]
		c.uncount(it)
		it.reply(nil, notFound(c.describeItem(it)))
	}
	return nil
}

// wantsLife reports whether anybody needs the actor to run, not only to exist.
func (c *cell) wantsLife() bool {
	if c.restart {
		return true
	}
	for _, it := range c.pending {
		if it.job != nil {
			return true
		}
	}
	return false
}

// createOnly writes the row of a new actor, or does nothing if it exists, and
// answers who asked for no more.
func (c *cell) createOnly() {
	if c.made == nil {
		c.answerResolvers()
		c.sleepNow()
		return
	}
	c.phase = flushing
	ref := c.made.ref
	b := &actor.Batch{Lease: c.lease, Create: &ref, Input: c.made.input}
	c.creates = nil
	c.count(b)
	made := c.creating(b.Input)
	c.e.store.Commit(b, func(err error) {
		c.mu.Lock()
		defer c.unlock()
		if err != nil {
			c.failPending(unavailable(err))
		} else {
			if made != nil {
				c.observe(made)
			}
			c.answerResolvers()
		}
		c.sleepNow()
	})
}

// answerResolvers answers those who only want the actor to exist.
func (c *cell) answerResolvers() {
	kept := c.pending[:0]
	for _, it := range c.pending {
		switch {
		case it.create != nil && it.create.exclusive && it.create != c.made:
			it.reply(nil, alreadyExists(c.ref))
		case it.job != nil:
			kept = append(kept, it)
		default:
			it.reply(c.ref, nil)
		}
	}
	c.pending = kept
}

// start begins a life; the cell is locked.
func (c *cell) start(img *actor.Image) {
	v := c.e.version.Load()
	var def *actor.Definition
	if v != nil {
		def = v.Registry().Actors[img.Ref.Name]
	}
	if def == nil {
		c.failPending(notFound(img.Ref.Name))
		c.releaseMoved()
		c.restart, c.reload = false, false
		c.sleepNow()
		return
	}
	c.phase, c.version, c.def = starting, v, def
	c.gen++
	c.work = actor.Work{Actions: 1}
	if o := c.e.opts.Observer; o != nil {
		c.madeSeq = 0
		if c.creates != nil {
			c.madeSeq = o.Seq()
		}
		c.startSeq, c.startAt, c.reloaded = o.Seq(), c.e.clock.Now(), c.reload
		c.base = nil
		if img.Snapshot != nil {
			c.base = &actor.Base{Snapshot: img.Snapshot, Patches: img.Patches}
		}
	}
	spec := actor.Start{
		Ref: img.Ref, New: !img.Initialized, Input: img.Input,
		Snapshot: img.Snapshot, Patches: img.Patches,
		Generation: c.gen, Reload: c.reload,
		Conns: c.restored(img),
	}
	c.restart, c.reload = false, false
	c.releaseMoved()
	c.inst = v.Start(spec, &life{c: c, gen: c.gen})
}

// releaseMoved tells a Swap that this actor left the old code.
func (c *cell) releaseMoved() {
	for _, m := range c.moved {
		close(m)
	}
	c.moved = nil
}

// started hands the jobs that waited to the new life.
func (c *cell) started() {
	c.phase = awake
	c.isUp()
	todo := c.pending
	c.pending = nil
	for _, it := range todo {
		c.hand(it)
	}
}
