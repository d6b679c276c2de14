package engine

import (
	"context"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
)

// Store is what the engine needs kept. Every implementation passes
// internal/store/storetest. Errors other than actor.ErrFenced mean that storage is
// unavailable now; a later call may succeed.
type Store interface {
	// Lookup finds an actor by id; ok is false if there is none.
	Lookup(ctx context.Context, id actor.ID) (ref actor.Ref, ok bool, err error)

	// Acquire takes the lease of an actor, existing or not, and reads what is
	// stored of it; img is nil if the actor does not exist. An earlier lease of
	// the same actor is fenced off.
	Acquire(ctx context.Context, id actor.ID) (img *actor.Image, lease actor.Lease, err error)

	// Commit queues a batch and returns at once; done is called exactly once,
	// from the store's own goroutine, when the batch is durable or has failed.
	// Batches of one actor become durable in the order in which they were handed
	// in; if one fails, so do all later ones of the same lease. done must not
	// block. The store owns b from then on.
	Commit(b *actor.Batch, done func(error))

	// Alarms lists, by time and then by order of setting, the alarms due at or
	// before t that have not failed for good, at most limit.
	Alarms(ctx context.Context, t time.Time, limit int) ([]actor.Alarm, error)
	// Destroy removes an actor and all that is stored of it, and fences off its lease.
	Destroy(ctx context.Context, id actor.ID) error
	// ReadImage reads an actor without taking its lease; nil if there is none.
	ReadImage(ctx context.Context, id actor.ID) (*actor.Image, error)
	// AlarmsOf lists an actor's alarms, the failed ones too.
	AlarmsOf(ctx context.Context, id actor.ID) ([]actor.Alarm, error)

	// NextAlarm is the time of the first alarm after t; ok is false if none.
	NextAlarm(ctx context.Context, t time.Time) (at time.Time, ok bool, err error)
}
