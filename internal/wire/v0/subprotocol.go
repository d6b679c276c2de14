package v0

import (
	"net/url"
	"strings"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// The subprotocols that a client offers.
const (
	Subprotocol      = "rivetkit"
	SubprotocolBeat  = "rivet-hb" // the client wants heartbeat frames
	prefixQuery      = "query."
	prefixEncoding   = "encoding."
	prefixConnParams = "conn_params."
)

// Offer is what a WebSocket handshake asks for by its subprotocols.
type Offer struct {
	Query      string // percent-decoded
	HasQuery   bool
	Encoding   Encoding
	EncodingOK bool // an encoding was named, and it is one
	Params     string
	HasParams  bool
	Heartbeat  bool
	User       []string // those that are the application's own
	Selected   string   // what the server answers with; "" if none was offered
}

// ParseOffer reads the Sec-WebSocket-Protocol headers of a handshake, in any order.
func ParseOffer(headers []string) Offer {
	var o Offer
	first := ""
	for _, h := range headers {
		for p := range strings.SplitSeq(h, ",") {
			p = strings.Trim(p, " \t")
			if !isToken(p) {
				continue
			}
			if first == "" {
				first = p
			}
			o.take(p)
		}
	}
	if o.Selected == "" {
		o.Selected = first
		if len(o.User) > 0 {
			o.Selected = o.User[0]
		}
	}
	return o
}

func (o *Offer) take(p string) {
	if s, ok := strings.CutPrefix(p, prefixQuery); ok {
		o.Query, o.HasQuery = unescape(s), true
	} else if s, ok := strings.CutPrefix(p, prefixEncoding); ok {
		o.Encoding, o.EncodingOK = ParseEncoding(s)
	} else if s, ok := strings.CutPrefix(p, prefixConnParams); ok {
		o.Params, o.HasParams = unescape(s), true
	} else if p == Subprotocol {
		o.Selected = p
	} else if p == SubprotocolBeat {
		o.Heartbeat = true
	} else {
		o.User = append(o.User, p)
	}
}

// unescape undoes encodeURIComponent; text with a bad escape stays as it is
// and then isn't JSON.
func unescape(s string) string {
	t, err := url.PathUnescape(s)
	if err != nil {
		return s
	}
	return t
}

// isToken reports whether p may stand in a header that we answer with.
func isToken(p string) bool {
	for i := range len(p) {
		if p[i] <= ' ' || p[i] >= 0x7f {
			return false
		}
	}
	return p != ""
}

// Request reads what an Offer asks of a realtime connection. The errors are
// those with which a socket is closed (section 6).
func (o *Offer) Request() (Query, value.Value, error) {
	if !o.HasQuery {
		return Query{}, nil, errs.New(errs.InvalidQueryJSON, "Invalid query JSON: SyntaxError: no subprotocol `query.…` was offered")
	}
	q, err := ParseQuery(o.Query)
	if err != nil {
		return q, nil, err
	}
	if !o.EncodingOK {
		return q, nil, InvalidRequest("no subprotocol `encoding.json` or `encoding.cbor` was offered")
	}
	params, err := ParseParams(o.Params, o.HasParams)
	return q, params, err
}

// AppendOffer lists the subprotocols of a client, in the usual order. query and
// params are JSON, params "" for none.
func AppendOffer(list []string, query string, enc Encoding, params string) []string {
	list = append(list, prefixQuery+escape(query), prefixEncoding+enc.String())
	if params != "" {
		list = append(list, prefixConnParams+escape(params))
	}
	return append(list, Subprotocol)
}

// escape is encodeURIComponent, with ( and ) too, which browsers refuse there.
func escape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s) * 2)
	for i := range len(s) {
		c := s[i]
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c-'0' < 10 || strings.IndexByte("-_.!~*'", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}
