package web

// AsyncStorer is what a [Host] implements if its async context (goja's
// AsyncContextTracker) has room for the values of AsyncLocalStorage. The value
// is immutable; it belongs to the code that runs now: what Grab captures,
// Resumed brings back. Timers and host callbacks carry it by themselves.
type AsyncStorer interface {
	// AsyncStore returns the running code's value, nil at first.
	AsyncStore() any
	// SetAsyncStore replaces it for the code that runs now and what it starts.
	SetAsyncStore(v any)
}

// storeHook is the AsyncStorer in use, or a plain variable if the host has none:
// then values reach timers and callbacks, but not continuations of await.
type storeHook struct {
	AsyncStorer
}

func newStoreHook(h Host) storeHook {
	if s, ok := h.(AsyncStorer); ok {
		return storeHook{s}
	}
	return storeHook{new(plainStore)}
}

type plainStore struct{ v any }

func (s *plainStore) AsyncStore() any     { return s.v }
func (s *plainStore) SetAsyncStore(v any) { s.v = v }

// with runs f with v as the store.
func (s storeHook) with(v any, f func()) {
	old := s.AsyncStore()
	s.SetAsyncStore(v)
	defer s.SetAsyncStore(old)
	f()
}
