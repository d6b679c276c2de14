package actor

import (
	"sync"

	"github.com/rivetdev/rivet/internal/value"
)

// Event is one event on its way to any number of connections. A frame is
// encoded once for each encoding, however many sockets it goes to.
type Event struct {
	Name string
	Args []value.Value

	encoded [4]struct {
		once sync.Once
		data []byte
		err  error
	}
}

// Encoded is the event's frame in the encoding numbered slot (0 to 3), made by
// encode at its first use. The result is shared and must not be changed.
func (e *Event) Encoded(slot int, encode func(*Event) ([]byte, error)) ([]byte, error) {
	s := &e.encoded[slot]
	s.once.Do(func() { s.data, s.err = encode(e) })
	return s.data, s.err
}
