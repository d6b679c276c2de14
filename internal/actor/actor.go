// Package actor has the nouns that the rooms of rivet share: what an actor is
// called, what it is asked (Job), what a turn of it gives (Outcome), what is
// stored of it (Batch, Image), and the small interfaces by which two rooms meet
// that may not import each other. It starts no goroutine and does no I/O.
package actor

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/rivetdev/rivet/internal/value"
)

// ID names an actor for good: 16 lower case hex digits, the same for the same
// name and key (see IDOf). Clients treat it as opaque.
type ID string

// Key is the user's name for one actor of a type; its parts are at most
// MaxKeyPart UTF-16 units long. The empty key is a key like any other.
type Key []string

// MaxKeyPart is the longest part of a key, in UTF-16 units.
const MaxKeyPart = 128

// Ref is who an actor is. It never changes during an actor's life.
type Ref struct {
	ID        ID
	Name      string // the type's name in the registry
	Key       Key
	Region    string // "local" unless createInRegion said otherwise
	CreatedAt time.Time
}

// IDOf is the id of the actor of that name and key: the first 16 hex digits of
// SHA-256 over the compact JSON of [name, key].
func IDOf(name string, key Key) ID {
	items := make([]value.Value, len(key))
	for i, k := range key {
		items[i] = k
	}
	text, err := value.AppendJSON(nil, &value.Array{Items: []value.Value{name, &value.Array{Items: items}}})
	if err != nil {
		panic("actor: strings always encode as JSON: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return ID(hex.EncodeToString(sum[:8]))
}

// ConnID names a connection: a UUID.
type ConnID string

// CallID names one call that an actor was asked to answer, unique within one
// life (generation) of the actor. 0: nobody waits for an answer.
type CallID uint64

// AlarmID names one scheduled action: a UUID.
type AlarmID string

// Token names something that an instance waits for: the durability of what it
// did so far, or the result of an effect. Unique within one life of the actor.
type Token uint64

// Clock is where the engine takes its time from; tests give a fake one.
type Clock interface {
	Now() time.Time
	// AfterFunc calls f in its own goroutine after d; stop reports whether it prevented that.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now is the current time.
func (SystemClock) Now() time.Time { return time.Now() }

// AfterFunc is time.AfterFunc.
func (SystemClock) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	return time.AfterFunc(d, f).Stop
}
