package studio

import (
	"context"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

// Engine is what the studio needs of the engine. Errors are *errs.Error or
// *actor.Conflict.
type Engine interface {
	Live(id actor.ID) (actor.Live, bool)
	Lives() []actor.Live
	Conns(id actor.ID) []actor.ConnView
	Lookup(ctx context.Context, id actor.ID) (actor.Ref, error)
	Resolve(ctx context.Context, q actor.Query) (actor.Ref, error)
	// Image is what is stored once all is durable that the actor has done.
	Image(ctx context.Context, id actor.ID) (*actor.Image, error)

	Sleep(ctx context.Context, id actor.ID) error
	Wake(ctx context.Context, id actor.ID) error
	Restart(ctx context.Context, id actor.ID) error
	Destroy(ctx context.Context, id actor.ID) error

	EditState(ctx context.Context, id actor.ID, conn actor.ConnID, rev uint64, change func(value.Value) (value.Value, error)) (actor.Edited, error)
	CloseConn(id actor.ID, conn actor.ConnID, reason string) error
	Emit(ctx context.Context, id actor.ID, ev *actor.Event, conn actor.ConnID) (seq uint64, err error)
	CallTraced(ctx context.Context, spec actor.CallSpec) (value.Value, *actor.Entry, error)

	AlarmRuns(id actor.AlarmID) bool
	RunAlarm(ctx context.Context, id actor.ID, alarm actor.AlarmID) error
	CancelAlarm(ctx context.Context, id actor.ID, alarm actor.AlarmID) error
	RetryAlarm(ctx context.Context, id actor.ID, alarm actor.AlarmID) error
	Import(ctx context.Context, in actor.Importing) (made, replaced bool, err error)
}

// Store is what the studio reads of the store.
type Store interface {
	// Rows lists actors by type and then by creation, from the one after on.
	Rows(ctx context.Context, after *actor.Ref, limit int) ([]actor.Row, error)
	// Count is the number of actors of each type.
	Count(ctx context.Context) (map[string]int, error)
	// AlarmsOf lists an actor's alarms, the failed ones too.
	AlarmsOf(ctx context.Context, id actor.ID) ([]actor.Alarm, error)
	// Alarms lists those due at or before t that have not failed for good.
	Alarms(ctx context.Context, t time.Time, limit int) ([]actor.Alarm, error)
}
