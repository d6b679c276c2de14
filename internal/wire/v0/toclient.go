package v0

import "github.com/rivetdev/rivet/internal/value"

// AppendInit appends the first frame of a connection.
func AppendInit(dst []byte, enc Encoding, actorID, connID, token string) []byte {
	if enc == CBOR {
		dst = append(dst, "\xb9\x00\x01ab\xb9\x00\x01ai\xb9\x00\x03bai"...)
		dst = appendCBORText(dst, actorID)
		dst = appendCBORText(append(dst, "bci"...), connID)
		return appendCBORText(append(dst, "bct"...), token)
	}
	dst = appendJSONText(append(dst, `{"b":{"i":{"ai":`...), actorID)
	dst = appendJSONText(append(dst, `,"ci":`...), connID)
	dst = appendJSONText(append(dst, `,"ct":`...), token)
	return append(dst, "}}}"...)
}

// AppendError appends an error frame: of an action, or, without one, of the connection.
func AppendError(dst []byte, enc Encoding, b ErrorBody, action *int64) []byte {
	if enc == CBOR {
		return appendErrorMap(append(dst, "\xb9\x00\x01ab\xb9\x00\x01ae"...), enc, b, action)
	}
	return append(appendErrorMap(append(dst, `{"b":{"e":`...), enc, b, action), "}}"...)
}

// AppendResult appends the frame that answers an action. After an error dst is as it was.
func AppendResult(dst []byte, enc Encoding, action int64, out value.Value) ([]byte, error) {
	start := len(dst)
	_, none := out.(value.Undefined)
	if enc == CBOR {
		dst = append(dst, "\xb9\x00\x01ab\xb9\x00\x01bar\xb9\x00"...)
		if none {
			return appendCBORInt(append(dst, "\x01ai"...), action), nil
		}
		dst = appendCBORInt(append(dst, "\x02ai"...), action)
		dst, err := value.AppendCBOR(append(dst, "ao"...), out)
		if err != nil {
			return dst[:start], err
		}
		return dst, nil
	}
	dst = appendInt(append(dst, `{"b":{"ar":{"i":`...), action)
	if !none {
		var err error
		if dst, err = value.AppendJSON(append(dst, `,"o":`...), out); err != nil {
			return dst[:start], err
		}
	}
	return append(dst, "}}}"...), nil
}

// AppendEvent appends an event's frame. After an error dst is as it was.
func AppendEvent(dst []byte, enc Encoding, name string, args []value.Value) ([]byte, error) {
	start := len(dst)
	if enc == CBOR {
		dst = appendCBORText(append(dst, "\xb9\x00\x01ab\xb9\x00\x01bev\xb9\x00\x02an"...), name)
		dst, err := appendArgs(append(dst, "aa"...), enc, args)
		if err != nil {
			return dst[:start], err
		}
		return dst, nil
	}
	dst = appendJSONText(append(dst, `{"b":{"ev":{"n":`...), name)
	dst, err := appendArgs(append(dst, `,"a":`...), enc, args)
	if err != nil {
		return dst[:start], err
	}
	return append(dst, "}}}"...), nil
}

// AppendCloseEvent appends the event that ends a stream, in all encodings JSON:
// rivet's own. Clients that don't know it skip it, as they do all named events.
func AppendCloseEvent(dst []byte, code int, reason string) []byte {
	dst = appendInt(append(dst, "event: close\ndata: {\"code\":"...), int64(code))
	dst = appendJSONText(append(dst, `,"reason":`...), reason)
	return append(dst, "}\n\n"...)
}

// AppendHeartbeat appends the frame that only clients that offered the
// subprotocol rivet-hb are sent.
func AppendHeartbeat(dst []byte, enc Encoding) []byte {
	if enc == CBOR {
		return append(dst, "\xb9\x00\x01ab\xb9\x00\x01bhb\x01"...)
	}
	return append(dst, `{"b":{"hb":1}}`...)
}
