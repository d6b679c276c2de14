// Package v0 is protocol v0 as pure codecs: what stands in a request, a header,
// a subprotocol or a frame, and how an error is told. It does no I/O, starts
// nothing and keeps nothing; all functions may be called from any goroutine.
//
// Appenders add to dst and return it, as append does. Parsers never keep the
// bytes that they are given, and answer malformed input with an *errs.Error
// that has the protocol's code.
package v0

import (
	"strings"
	"unicode/utf8"

	"github.com/rivetdev/rivet/internal/errs"
)

// The request headers of the protocol, in Go's canonical spelling.
const (
	HeaderQuery      = "X-Rivetkit-Query"
	HeaderActorQuery = "X-Rivetkit-Actor-Query" // the documentation's spelling of HeaderQuery
	HeaderEncoding   = "X-Rivetkit-Encoding"
	HeaderParams     = "X-Rivetkit-Conn-Params"
	HeaderActor      = "X-Rivetkit-Actor"
	HeaderConn       = "X-Rivetkit-Conn"
	HeaderConnToken  = "X-Rivetkit-Conn-Token"
	HeaderAuthData   = "X-Rivetkit-Auth-Data"             // never taken from a client
	HeaderExpose     = "X-Rivetkit-Expose-Internal-Error" // never taken from a client
)

// The same headers as the protocol spells them, for messages.
const (
	NameQuery     = "X-RivetKit-Query"
	NameEncoding  = "X-RivetKit-Encoding"
	NameActor     = "X-RivetKit-Actor"
	NameConn      = "X-RivetKit-Conn"
	NameConnToken = "X-RivetKit-Conn-Token"
)

// Texts that a server answers as they are.
const (
	Banner           = "This is an RivetKit registry.\n\nLearn more at https://rivetkit.org"
	NotFound         = "Not Found (RivetKit)"
	NotFoundOutside  = "404 Not Found"
	clientURL        = "https://www.rivet.gg/docs/actors/clients/#actor-client"
	MaskedMessage    = "Internal error. Read the server logs for more details."
	ForbiddenNoAuth  = "Actor requires authentication but no onAuth handler is defined (https://rivet.gg/docs/actors/authentication/). Provide an empty handler to disable auth: `onAuth: () => {}`"
	unauthorizedText = "Unauthorized. Access denied. (https://www.rivet.gg/docs/actors/authentication/)"
)

// PublicHeaders are the request headers that any web page may send (section 12).
var PublicHeaders = []string{
	"Content-Type", "User-Agent", "X-RivetKit-Query", "X-RivetKit-Encoding", "X-RivetKit-Conn-Params",
	"X-RivetKit-Actor", "X-RivetKit-Conn", "X-RivetKit-Conn-Token",
}

// Encoding is how values travel.
type Encoding uint8

// The encodings.
const (
	JSON Encoding = iota
	CBOR
)

// ParseEncoding is the encoding called s.
func ParseEncoding(s string) (Encoding, bool) {
	switch s {
	case "json":
		return JSON, true
	case "cbor":
		return CBOR, true
	}
	return JSON, false
}

func (e Encoding) String() string {
	if e == CBOR {
		return "cbor"
	}
	return "json"
}

// InvalidEncoding says that a request named no encoding that there is; "" is a missing name.
func InvalidEncoding(name string) *errs.Error {
	if name == "" {
		name = "undefined"
	}
	return errs.New(errs.InvalidEncoding, "Invalid encoding `%s`. (%s)", name, clientURL)
}

// ActorNotFound says that there is no such actor or type.
func ActorNotFound(identifier string) *errs.Error {
	return errs.New(errs.ActorNotFound, "Actor not found: %s (%s)", identifier, clientURL)
}

// Unauthorized refuses a wrong token.
func Unauthorized() *errs.Error {
	e := errs.New(errs.Unauthorized, "%s", unauthorizedText)
	e.Status = 401
	return e
}

// NoAuth refuses a public caller of a type without onAuth.
func NoAuth() *errs.Error {
	e := errs.New(errs.Forbidden, "%s", ForbiddenNoAuth)
	e.Status = 403
	return e
}

// MessageTooLong refuses a message or body above the limit.
func MessageTooLong() *errs.Error {
	return errs.New(errs.MessageTooLong, "Message too long. This can be configured with: `registry.runServer({ maxIncomingMessageSize: ... })`")
}

// InvalidRequest refuses a request with a reason.
func InvalidRequest(format string, args ...any) *errs.Error {
	return errs.New(errs.InvalidRequest, "Invalid request: "+format, args...)
}

// Malformed refuses a message with a reason.
func Malformed(format string, args ...any) *errs.Error {
	return errs.New(errs.MalformedMessage, "Malformed message: "+format, args...)
}

// Text is a header's value as text: bytes that are no UTF-8 are Latin-1, since
// published clients send other characters than ASCII so.
func Text(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// UTF16Len is the length of UTF-8 or WTF-8 text as JavaScript counts it.
func UTF16Len[T string | []byte](s T) int {
	n := 0
	for i := range len(s) {
		if c := s[i]; c&0xC0 != 0x80 {
			n++
			if c >= 0xF0 {
				n++
			}
		}
	}
	return n
}
