package server

import "github.com/rivetdev/rivet/internal/wire/v0"

// Stats are what tools show of a connection; see actor.PeerStats.
func (k *connection) Stats() (encoding string, queueBytes int) {
	return encodingName(k.enc), k.out.waiting()
}

// Stats are what tools show of a stream; see actor.PeerStats.
func (k *stream) Stats() (encoding string, queueBytes int) {
	return encodingName(k.enc), k.out.waiting()
}

func encodingName(e v0.Encoding) string {
	if e == v0.CBOR {
		return "cbor"
	}
	return "json"
}

// waiting is how many bytes wait for the client.
func (o *outbox) waiting() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.bytes
}
