package actor

import (
	"errors"
	"time"

	"github.com/rivetdev/rivet/internal/value"
)

// ErrFenced is a store's refusal of a batch whose lease was lost.
var ErrFenced = errors.New("the actor's lease was taken over")

// Image is all that is stored of one actor.
type Image struct {
	Ref      Ref
	Input    value.Value // of the creation; Undefined when absent
	Snapshot []byte      // value.Graph; nil: the actor has no state (yet)
	Patches  [][]byte    // later changes, oldest first
	Conns    []ConnState
	Rev      uint64 // number of committed batches
	// Initialized: createState and onCreate have run.
	Initialized bool
}

// Lease is the right to write one actor's rows. A batch whose lease was taken
// over by a later Acquire is refused with ErrFenced.
type Lease struct {
	ID    ID
	Epoch uint64
}

// Batch is what one or more turns of one actor changed; it becomes durable as a
// whole or not at all.
type Batch struct {
	Lease Lease

	// Create inserts the actor's row; Input belongs to it.
	Create *Ref
	Input  value.Value
	// Initialized marks createState and onCreate as done.
	Initialized bool

	Snapshot []byte // replaces snapshot and patches
	Patches  [][]byte

	Conns        []ConnState // inserted or replaced
	ConnsRemoved []ConnID

	Alarms        []Alarm // inserted or replaced
	AlarmsRemoved []AlarmID
}

// Alarm is one scheduled action.
type Alarm struct {
	ID      AlarmID
	Actor   ID
	At      time.Time // to the millisecond
	Seq     uint64    // order among equal times: that of setting; given by the store
	Action  string
	Args    []value.Value
	Attempt int    // failed runs so far
	Failed  bool   // no further run by itself
	Error   string // of the last failed run
}
