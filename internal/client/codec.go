package client

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// Encoding is how values travel.
type Encoding string

// The encodings: CBOR keeps Date, BigInt, Map, Set and bytes; JSON is what
// JSON.stringify gives.
const (
	CBOR Encoding = "cbor"
	JSON Encoding = "json"
)

func (e Encoding) encode(v value.Value) ([]byte, error) {
	var b []byte
	var err error
	if e == JSON {
		b, err = value.AppendJSON(nil, v)
	} else {
		b, err = value.AppendCBOR(nil, v)
	}
	if err != nil {
		return nil, errs.Wrap(errs.InvalidRequest, err, "encode as %s", e)
	}
	return b, nil
}

func (e Encoding) decode(b []byte) (value.Value, error) {
	var v value.Value
	var err error
	if e == JSON {
		v, err = value.ParseJSON(b)
	} else {
		v, err = value.ParseCBOR(b)
	}
	if err != nil {
		return nil, errs.Wrap(errs.MalformedMessage, err, "the server sent what isn't %s, beginning %.40q", e, b)
	}
	return v, nil
}

// decodeText reads the payload of an SSE event, which is base64 for CBOR.
func (e Encoding) decodeText(s string) (value.Value, error) {
	if e == JSON {
		return e.decode([]byte(s))
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, errs.Wrap(errs.MalformedMessage, err, "the server sent what isn't base64, beginning %.40q", s)
	}
	return e.decode(b)
}

func (e Encoding) contentType() string {
	if e == JSON {
		return "application/json"
	}
	return "application/octet-stream"
}

// asciiJSON is v as JSON of ASCII alone, fit for a header.
func asciiJSON(v value.Value) (string, error) {
	text, err := value.AppendJSON(nil, v)
	if err != nil {
		return "", errs.Wrap(errs.InvalidRequest, err, "encode params or query as JSON")
	}
	var b strings.Builder
	for _, unit := range value.ToUTF16(string(text)) {
		if unit < 0x7f {
			b.WriteByte(byte(unit))
		} else {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String(), nil
}

// errorIn reads {c, m, md}; nil if v isn't that.
func errorIn(v value.Value, status int) *errs.Error {
	o, _ := v.(*value.Object)
	code, ok := text(o, "c")
	if !ok {
		return nil
	}
	msg, ok := text(o, "m")
	if !ok {
		msg = code
	}
	e := &errs.Error{Code: errs.Code(code), Msg: msg, Public: true, Status: status}
	if md, ok := o.Get("md"); ok && given(md) {
		e.Metadata = md
	}
	return e
}

func text(o *value.Object, key string) (string, bool) {
	v, _ := o.Get(key)
	s, ok := v.(string)
	return s, ok
}

func member(o *value.Object, key string) *value.Object {
	v, _ := o.Get(key)
	m, _ := v.(*value.Object)
	return m
}
