package engine

import (
	"sync"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

const (
	firstRetry = time.Second // doubling with each further failure
	alarmBatch = 256         // due alarms read at a time
	// storeRetry is how long the schedule waits when the store can't be read.
	storeRetry = time.Second
)

// alarms runs what actors scheduled. What is due is read from the store, so
// that actors that sleep cost nothing; one look is under way at a time.
type alarms struct {
	e *Engine

	mu      sync.Mutex
	on      bool
	looking bool
	again   bool // something changed during the look
	full    bool // more are due than were read
	running map[actor.AlarmID]bool
	// ended are the runs that ended since the look began to read: what it read
	// of them is over.
	ended  map[actor.AlarmID]bool
	cancel func() bool // of the timer for the next alarm
	idle   *sync.Cond
}

func newAlarms(e *Engine) *alarms {
	a := &alarms{e: e, running: map[actor.AlarmID]bool{}, ended: map[actor.AlarmID]bool{}}
	a.idle = sync.NewCond(&a.mu)
	return a
}

func (a *alarms) begin() {
	a.mu.Lock()
	a.on = true
	a.mu.Unlock()
	a.poke()
}

func (a *alarms) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.on = false
	if a.cancel != nil {
		a.cancel()
		a.cancel = nil
	}
	for a.looking {
		a.idle.Wait()
	}
}

// poke looks for due alarms, now or after the look that is under way.
func (a *alarms) poke() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.on {
		return
	}
	if a.looking {
		a.again = true
		return
	}
	a.looking = true
	go a.look()
}

func (a *alarms) look() {
	for {
		next, ok := a.fire()
		a.mu.Lock()
		if a.on && a.again {
			a.again = false
			a.mu.Unlock()
			continue
		}
		if a.cancel != nil {
			a.cancel()
			a.cancel = nil
		}
		if a.on && ok {
			a.cancel = a.e.clock.AfterFunc(next, a.poke)
		}
		a.looking = false
		a.idle.Broadcast()
		a.mu.Unlock()
		return
	}
}

// fire starts what is due and says after how long to look again.
func (a *alarms) fire() (next time.Duration, ok bool) {
	a.mu.Lock()
	clear(a.ended)
	a.mu.Unlock()
	now := a.e.clock.Now()
	due, err := a.e.store.Alarms(a.e.ctx, now, alarmBatch)
	if err != nil {
		a.e.log.Error("the schedule can't be read", "error", err)
		return storeRetry, true
	}
	a.mu.Lock()
	a.full = len(due) == alarmBatch
	a.mu.Unlock()
	for _, al := range due {
		a.start(al)
	}
	at, ok, err := a.e.store.NextAlarm(a.e.ctx, now)
	if err != nil {
		a.e.log.Error("the schedule can't be read", "error", err)
		return storeRetry, true
	}
	if !ok {
		return 0, false
	}
	return max(at.Sub(a.e.clock.Now()), 0), true
}

// start runs one alarm that is due, unless it runs already or has run meanwhile.
func (a *alarms) start(al actor.Alarm) {
	a.mu.Lock()
	if a.running[al.ID] || a.ended[al.ID] {
		a.again = a.again || a.ended[al.ID] // it may be due once more
		a.mu.Unlock()
		return
	}
	a.running[al.ID] = true
	a.mu.Unlock()
	a.submit(al, func(error) {})
}

// run runs one alarm, due or not; done is told how the run went. It reports false, and does
// nothing, if the alarm runs already.
func (a *alarms) run(al actor.Alarm, done func(error)) bool {
	a.mu.Lock()
	if a.running[al.ID] {
		a.mu.Unlock()
		return false
	}
	a.running[al.ID] = true
	a.mu.Unlock()
	a.submit(al, done)
	return true
}

// submit hands a run to its actor.
func (a *alarms) submit(al actor.Alarm, done func(error)) {
	en := a.e.observed(actor.EntrySchedule, al.Action, al.Args, &actor.Caller{Via: "schedule"})
	err := a.e.withCell(al.Actor, func(c *cell) {
		c.submit(&item{
			alarm: &al, entry: en,
			reply: func(_ value.Value, err error) { a.over(al.ID, err); done(err) },
			job: func(call actor.CallID) actor.Job {
				return actor.Run{Call: call, Alarm: al.ID, Action: al.Action, Args: al.Args}
			},
		})
	})
	if err != nil {
		a.over(al.ID, err)
		done(err)
	}
}

// runs reports whether an alarm is being run.
func (a *alarms) runs(id actor.AlarmID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.running[id]
}

// over notes that a run has ended. A run that ended without a batch of its own
// (its actor can't be started, storage is away) is still due: look again soon.
func (a *alarms) over(id actor.AlarmID, err error) {
	a.mu.Lock()
	delete(a.running, id)
	if a.looking {
		a.ended[id] = true
	}
	full := a.full
	a.full = false
	a.mu.Unlock()
	switch {
	case err != nil:
		a.e.clock.AfterFunc(storeRetry, a.poke)
	case full:
		a.poke()
	}
}

// ran puts the end of a run into the batch with its last changes: so a run
// that ended is never run again, and one that did not end is.
func (a *alarms) ran(b *actor.Batch, of *actor.Ref, al *actor.Alarm, err error) {
	if err == nil {
		b.AlarmsRemoved = append(b.AlarmsRemoved, al.ID)
		return
	}
	failed := *al
	failed.Attempt++
	failed.Error = errs.As(err).Msg
	failed.Failed = failed.Attempt > a.e.opts.MaxAttempts || errs.Is(err, errs.ActionNotFound)
	failed.At = a.e.clock.Now().Add(firstRetry << (failed.Attempt - 1))
	b.Alarms = append(b.Alarms, failed)
	a.tell(of, &failed)
}

// tell logs a failed run: no caller is there to hear of it.
func (a *alarms) tell(of *actor.Ref, al *actor.Alarm) {
	level, msg := actor.LogWarn, "a scheduled action failed and will be tried again: "+al.Error
	if al.Failed {
		level, msg = actor.LogError, "a scheduled action failed for good: "+al.Error
	}
	ref := *of
	a.e.opts.Lines(actor.Log{
		Time: a.e.clock.Now(), Level: level, Msg: msg, Actor: &ref,
		Fields: []actor.LogField{{Key: "action", Value: al.Action}, {Key: "attempt", Value: float64(al.Attempt)}},
	})
}
