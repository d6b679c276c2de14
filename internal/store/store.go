// Package store is what rivet's stores share: the interface that each of them
// has (the engine's, which a store may not import), what tools may read beside
// it, and the refusal of a batch whose lease was lost.
//
// A store lives in a folder of its own (sqlite, memory) and passes the suite
// in storetest.
package store

import (
	"context"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
)

// ErrFenced is a store's refusal of a batch whose lease was lost.
var ErrFenced = actor.ErrFenced

// Store is engine.Store, with what tools read and what ends it. Every method
// may be called from any goroutine.
type Store interface {
	Lookup(ctx context.Context, id actor.ID) (ref actor.Ref, ok bool, err error)
	Acquire(ctx context.Context, id actor.ID) (img *actor.Image, lease actor.Lease, err error)
	Commit(b *actor.Batch, done func(error))
	Alarms(ctx context.Context, t time.Time, limit int) ([]actor.Alarm, error)
	NextAlarm(ctx context.Context, t time.Time) (at time.Time, ok bool, err error)

	// Destroy removes an actor and all that is stored of it, and fences off
	// its lease. It is no error if there is no such actor.
	Destroy(ctx context.Context, id actor.ID) error

	// List lists actors by type and then by creation.
	List(ctx context.Context, o ListOptions) ([]Row, error)
	// Count is the number of actors of each type.
	Count(ctx context.Context) (map[string]int, error)
	// ReadImage reads an actor without taking its lease; nil if there is none.
	ReadImage(ctx context.Context, id actor.ID) (*actor.Image, error)
	// AlarmsOf lists an actor's alarms, the failed ones too, by time and then
	// by order of setting.
	AlarmsOf(ctx context.Context, id actor.ID) ([]actor.Alarm, error)

	// GetMeta reads what SetMeta stored under name; "" if nothing.
	GetMeta(ctx context.Context, name string) (string, error)
	SetMeta(ctx context.Context, name, text string) error

	// Close waits for all that was handed in, then lets go of the data.
	// Batches handed in later fail with storage_unavailable.
	Close() error
}

// ListOptions choose a page of a list of actors.
type ListOptions struct {
	Type  string     // "": all
	After *actor.Ref // the last actor of the page before; nil: the first page
	Limit int        // 0: 100
}

// PageSize is o's limit, or the default one.
func (o ListOptions) PageSize() int {
	if o.Limit <= 0 {
		return 100
	}
	return o.Limit
}

// Row is one actor of a list.
type Row struct {
	Ref        actor.Ref
	Rev        uint64 // number of committed batches
	StateBytes int64  // of the snapshot and all patches after it
	Patches    int
	Conns      int
	Alarms     int
}
