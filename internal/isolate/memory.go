package isolate

import (
	"errors"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
)

// errNoMemory is what an isolate that took too much was interrupted with.
var errNoMemory = errors.New("out of memory")

const (
	// How often memory is looked at: calm, and when half of the budget is used.
	calmLook, closeLook = 100 * time.Millisecond, 5 * time.Millisecond
	// relieving has to bring the use down for this long before the next victim.
	afterVictim = time.Second
	// minMemory is the least budget that a server can live with.
	minMemory = 128 << 20
)

// keeper keeps the process within its memory budget. Go can't tell who holds
// memory, so growth is put down to the actors whose code runs while it happens.
// Near the budget idle actors sleep; beyond it the isolate that grew most in
// the last moments is interrupted, or, if none runs, the actor that grew is stopped.
type keeper struct {
	v      *Version
	budget uint64
	sample []metrics.Sample
	allocs uint64 // at the last look
	grown  map[grower]float64
	victim time.Time // when somebody was last interrupted
	slept  time.Time
}

func newKeeper(v *Version, budget int64) *keeper {
	return &keeper{v: v, budget: uint64(max(budget, minMemory)), grown: map[grower]float64{}, sample: []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/stacks:bytes"},
		{Name: "/gc/heap/allocs:bytes"},
	}}
}

// LimitMemory tells Go's collector the budget of the process: it works harder near it.
func LimitMemory(budget int64) { debug.SetMemoryLimit(max(budget, minMemory)) }

// run looks until the version ends.
func (k *keeper) run() {
	t := time.NewTicker(calmLook)
	defer t.Stop()
	near := false
	for {
		select {
		case <-t.C:
		case <-k.v.ctx.Done():
			return
		}
		if used := k.look(time.Now()); used > k.budget/2 != near {
			if near = !near; near {
				t.Reset(closeLook)
			} else {
				t.Reset(calmLook)
			}
		}
	}
}

// look measures once and acts on it.
func (k *keeper) look(now time.Time) (used uint64) {
	metrics.Read(k.sample)
	used = k.sample[0].Value.Uint64() + k.sample[1].Value.Uint64()
	allocs := k.sample[2].Value.Uint64()
	k.attribute(float64(allocs - k.allocs))
	k.allocs = allocs
	switch {
	case used > k.budget:
		k.relieve(now)
	case used > k.budget/8*7 && now.Sub(k.slept) > afterVictim:
		k.slept = now
		k.v.rt.o.Pressure()
	}
	return used
}

// grower is whose code ran while memory grew: an actor, or (inst nil) the
// isolate's own, as the server isolate's is.
type grower struct {
	r    *isolate
	inst *instance
}

func (g grower) over() bool { return g.inst != nil && g.inst.over.Load() }

// attribute puts growth down to those whose code runs.
func (k *keeper) attribute(bytes float64) {
	for g, n := range k.grown {
		if n *= 0.98; n < 1<<16 || g.over() {
			delete(k.grown, g)
		} else {
			k.grown[g] = n
		}
	}
	var busy []grower
	for _, r := range k.v.isolates() {
		if r.since.Load() != 0 && !r.booting.Load() {
			busy = append(busy, grower{r, r.running.Load()})
		}
	}
	for _, g := range busy {
		k.grown[g] += bytes / float64(len(busy))
	}
}

// relieve stops whoever grew most.
func (k *keeper) relieve(now time.Time) {
	if now.Sub(k.victim) < afterVictim {
		return
	}
	var most grower
	for g, n := range k.grown {
		if !g.over() && (most.r == nil || n > k.grown[most]) {
			most = g
		}
	}
	if most.r == nil {
		return
	}
	k.victim = now
	delete(k.grown, most)
	r := most.r
	r.busy.Lock()
	runs := r.running.Load() == most.inst && r.since.Load() != 0
	if runs {
		r.interrupt(errNoMemory, now.UnixNano())
	}
	r.busy.Unlock()
	if !runs && most.inst != nil {
		r.post(most.inst.base, most.inst.overfull)
	}
}

// overfull ends an actor that holds too much memory while its code doesn't run.
func (i *instance) overfull() {
	err := outOfMemory()
	for call := range i.calls {
		i.reply(call, nil, err)
	}
	i.log(actor.Log{Level: actor.LogError, Msg: err.Msg})
	i.end(err)
}

func outOfMemory() *errs.Error {
	e := errs.New(errs.OutOfMemory, "The server's memory is used up, and this actor used most of it last; it restarts from its last saved state.").
		WithHint("Keep less in memory, or raise runtime.memory.")
	e.Err = errNoMemory
	return e
}

// why is what the isolate was interrupted for, as its culprit is told.
func (r *isolate) why() *errs.Error {
	if r.noMemory.Load() {
		return outOfMemory()
	}
	return timedOut()
}
