package server

import (
	"net/http"
	"time"
)

// bodyGrace is how long a client may take to send the rest of a body that
// nobody reads any more.
const bodyGrace = 5 * time.Second

// duplex lets a response begin before the request's body has ended. What it
// returns is to be called when the response is whole, before the handler
// returns: net/http would read the rest of the body itself, and panic at its end.
func duplex(w http.ResponseWriter, r *http.Request) (leave func()) {
	rc := http.NewResponseController(w)
	if r.Body == nil || r.Body == http.NoBody || rc.EnableFullDuplex() != nil {
		return func() {}
	}
	body := r.Body
	return func() {
		if r.Header.Get("Expect") != "" {
			return // the client may wait for a word to send it; its connection is not used again
		}
		_ = rc.SetReadDeadline(time.Now().Add(bodyGrace))
		if body.Close() != nil { // what comes next on this connection is not a request
			panic(http.ErrAbortHandler)
		}
		_ = rc.SetReadDeadline(time.Time{})
	}
}
