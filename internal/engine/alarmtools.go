package engine

import (
	"context"
	"slices"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// AlarmRuns reports whether a scheduled action is running.
func (e *Engine) AlarmRuns(id actor.AlarmID) bool { return e.alarms.runs(id) }

// RunAlarm runs a scheduled action now, whenever it is due, and returns how
// the run went. If it succeeds it is off the schedule.
func (e *Engine) RunAlarm(ctx context.Context, id actor.ID, alarm actor.AlarmID) error {
	al, err := e.alarmOf(ctx, id, alarm)
	if err != nil {
		return err
	}
	ch := make(chan answer, 1)
	if !e.alarms.run(al, func(err error) { ch <- answer{err: err} }) {
		return errs.New(errs.InvalidRequest, "This scheduled action is running already.")
	}
	return wait(ctx, ch)
}

// CancelAlarm takes a scheduled action off the schedule. A run that has begun goes on.
func (e *Engine) CancelAlarm(ctx context.Context, id actor.ID, alarm actor.AlarmID) error {
	if _, err := e.alarmOf(ctx, id, alarm); err != nil {
		return err
	}
	return e.reschedule(ctx, id, &actor.Batch{AlarmsRemoved: []actor.AlarmID{alarm}})
}

// RetryAlarm has a scheduled action that failed run again, with all its attempts.
func (e *Engine) RetryAlarm(ctx context.Context, id actor.ID, alarm actor.AlarmID) error {
	al, err := e.alarmOf(ctx, id, alarm)
	if err != nil {
		return err
	}
	al.Failed, al.Attempt, al.Error, al.At = false, 0, "", e.clock.Now()
	return e.reschedule(ctx, id, &actor.Batch{Alarms: []actor.Alarm{al}})
}

func (e *Engine) alarmOf(ctx context.Context, id actor.ID, alarm actor.AlarmID) (actor.Alarm, error) {
	if err := e.durable(ctx, id); err != nil {
		return actor.Alarm{}, err
	}
	all, err := e.store.AlarmsOf(ctx, id)
	if err != nil {
		return actor.Alarm{}, unavailable(err)
	}
	for _, al := range all {
		if al.ID == alarm {
			return al, nil
		}
	}
	return actor.Alarm{}, &errs.Error{Code: "not_found", Public: true, Status: 404, Msg: "There is no scheduled action " + string(alarm) + "."}
}

// reschedule commits a change of alarms; an actor that sleeps stays asleep.
func (e *Engine) reschedule(ctx context.Context, id actor.ID, b *actor.Batch) error {
	ch := make(chan answer, 1)
	err := e.alone(ctx, id, func(c *cell) {
		if c.phase == asleep {
			c.amend(func(img *actor.Image) (*actor.Batch, error) {
				if img == nil {
					return nil, notFound(string(id))
				}
				return b, nil
			}, func(err error) { ch <- answer{err: err} })
			return
		}
		if c.creates != nil { // its row comes with its first batch
			ch <- answer{err: errs.New(errs.ActorNotReady, "The actor is being created.")}
			return
		}
		b.Lease = c.lease
		c.send(b)
		c.lastCall++
		it := &item{call: c.lastCall, reply: func(_ value.Value, err error) { ch <- answer{err: err} }}
		c.calls[it.call] = it
		c.gate.Hold(said{gen: c.gen, effects: []actor.Effect{actor.Reply{Call: it.call}}})
	})
	if err != nil {
		return err
	}
	return wait(ctx, ch)
}

// Import stores an actor; it is put to sleep if it is awake. made and replaced
// are both false if it exists and isn't to be replaced.
func (e *Engine) Import(ctx context.Context, in actor.Importing) (made, replaced bool, err error) {
	id := in.Ref.ID
	if len(in.State) > int(e.maxState.Load()) {
		return false, false, tooLarge(len(in.State), int(e.maxState.Load()))
	}
	old, err := e.store.AlarmsOf(ctx, id)
	if err != nil {
		return false, false, unavailable(err)
	}
	ch := make(chan answer, 1)
	for {
		began := false
		err = e.alone(ctx, id, func(c *cell) {
			if c.phase != asleep {
				if !in.Replace {
					began = true
					ch <- answer{}
					return
				}
				c.stop(e.opts.ReloadGrace)
				return
			}
			began = true
			c.amend(func(img *actor.Image) (*actor.Batch, error) {
				made, replaced = img == nil, img != nil && in.Replace
				if !made && !replaced {
					return nil, nil
				}
				return importBatch(&in, img, old), nil
			}, func(err error) {
				if err == nil && (made || replaced) && e.opts.Observer != nil {
					c.imported(&in, made)
				}
				ch <- answer{err: err}
			})
		})
		if err != nil {
			return false, false, err
		}
		if began {
			err = wait(ctx, ch)
			return made && err == nil, replaced && err == nil, err
		}
	}
}

func importBatch(in *actor.Importing, img *actor.Image, old []actor.Alarm) *actor.Batch {
	b := &actor.Batch{Snapshot: in.State, Initialized: true, Alarms: slices.Clone(in.Alarms)}
	for i := range b.Alarms {
		b.Alarms[i].Actor = in.Ref.ID
	}
	if img == nil {
		b.Create, b.Input = &in.Ref, in.Input
	}
	for _, al := range old {
		b.AlarmsRemoved = append(b.AlarmsRemoved, al.ID)
	}
	return b
}

// imported tells of it; the cell is locked.
func (c *cell) imported(in *actor.Importing, made bool) {
	en := &actor.Entry{Kind: actor.EntryState, Via: "studio"}
	if made {
		en.Kind = actor.EntryCreate
	}
	if in.State != nil {
		en.Base = &actor.Base{Snapshot: in.State}
	}
	en.Rev, en.Bytes = c.rev, c.bytes
	c.observe(en)
}
