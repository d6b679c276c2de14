package v0

import (
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// ParseParams reads connection parameters; absent text is Undefined.
func ParseParams(text string, present bool) (value.Value, error) {
	if !present {
		return value.Undefined{}, nil
	}
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		return value.Undefined{}, errs.New(errs.InvalidParams, "Invalid params JSON: SyntaxError: %v", err)
	}
	return v, nil
}

// ProxyError is how a request whose parameters can't be read is answered by
// the routes that hand on to an actor; op names what was tried.
func ProxyError(op string, cause error) *errs.Error {
	return errs.New(errs.ProxyError, "Error proxying %s, this is likely an internal error: %v", op, cause)
}

// ParseActionRequest reads the body of a stateless call: {"a": [args…]}.
func ParseActionRequest(enc Encoding, body []byte) ([]value.Value, error) {
	v, err := parse(enc, body)
	if err != nil {
		if enc == CBOR {
			return nil, errs.New(errs.InvalidActionRequest, "Invalid binary format: Error: %v", err)
		}
		return nil, errs.New(errs.InvalidActionRequest, "Invalid JSON: SyntaxError: %v", err)
	}
	if o, ok := v.(*value.Object); ok {
		if list, ok := get(o, "a").(*value.Array); ok {
			return list.Items, nil
		}
	}
	return nil, errs.New(errs.InvalidActionRequest, "Invalid schema: Error: Invalid action request format")
}

// AppendActionRequest appends the body of a stateless call.
func AppendActionRequest(dst []byte, enc Encoding, args []value.Value) ([]byte, error) {
	if enc == CBOR {
		return appendArgs(append(dst, "\xb9\x00\x01aa"...), enc, args)
	}
	dst, err := appendArgs(append(dst, `{"a":`...), enc, args)
	return append(dst, '}'), err
}

// AppendActionResponse appends the body that answers a call: {"o": output},
// without o when the output is undefined.
func AppendActionResponse(dst []byte, enc Encoding, out value.Value) ([]byte, error) {
	_, none := out.(value.Undefined)
	if enc == CBOR {
		if none {
			return append(dst, 0xb9, 0, 0), nil
		}
		return value.AppendCBOR(append(dst, "\xb9\x00\x01ao"...), out)
	}
	if none {
		return append(dst, "{}"...), nil
	}
	dst, err := value.AppendJSON(append(dst, `{"o":`...), out)
	return append(dst, '}'), err
}

// AppendResolved appends the body that answers a resolve: {"i": actorId}.
func AppendResolved(dst []byte, enc Encoding, actorID string) []byte {
	if enc == CBOR {
		return appendCBORText(append(dst, "\xb9\x00\x01ai"...), actorID)
	}
	return append(appendJSONText(append(dst, `{"i":`...), actorID), '}')
}

// ParseMessage reads the client half of an SSE connection; its mistakes are
// those of a request, not of a connection.
func ParseMessage(enc Encoding, body []byte) (ToServer, error) {
	if enc == JSON {
		if m, ok := parseUsual(enc, body); ok {
			return m, nil
		}
		if _, err := value.ParseJSON(body); err != nil {
			return ToServer{}, InvalidRequest("Invalid JSON")
		}
		return ParseToServer(enc, body)
	}
	m, err := ParseToServer(enc, body)
	if err != nil {
		return m, InvalidRequest("Invalid binary format: %s", errs.As(err).Msg)
	}
	return m, nil
}
