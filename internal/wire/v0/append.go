package v0

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/rivetdev/rivet/internal/value"
)

// appendJSONText appends s as a JSON string; plain ASCII takes no detour.
func appendJSONText(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			dst, _ = value.AppendJSON(dst, s) // strings always encode
			return dst
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// appendCBORText appends s as CBOR text.
func appendCBORText(dst []byte, s string) []byte {
	for i := range len(s) {
		if s[i] >= 0x80 { // may be WTF-8, which is value's business
			dst, _ = value.AppendCBOR(dst, s)
			return dst
		}
	}
	return append(appendCBORHead(dst, 0x60, len(s)), s...)
}

func appendCBORHead(dst []byte, major byte, n int) []byte {
	switch {
	case n < 24:
		return append(dst, major|byte(n))
	case n < 1<<8:
		return append(dst, major|24, byte(n))
	case n < 1<<16:
		return append(dst, major|25, byte(n>>8), byte(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(n))
}

// appendCBORInt appends n as cbor-x writes a number: beyond 32 bits as a float.
func appendCBORInt(dst []byte, n int64) []byte {
	switch {
	case n >= 0 && n <= math.MaxUint32:
		return appendCBORHead(dst, 0x00, int(n))
	case n < 0 && n >= -(1<<32):
		return appendCBORHead(dst, 0x20, int(-1-n))
	}
	return binary.BigEndian.AppendUint64(append(dst, 0xfb), math.Float64bits(float64(n)))
}

// appendArgs appends items as an array.
func appendArgs(dst []byte, enc Encoding, items []value.Value) ([]byte, error) {
	var err error
	if enc == CBOR {
		dst = appendCBORHead(dst, 0x80, len(items))
		for _, it := range items {
			if dst, err = value.AppendCBOR(dst, it); err != nil {
				return dst, err
			}
		}
		return dst, nil
	}
	dst = append(dst, '[')
	for i, it := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		if _, ok := it.(value.Undefined); ok {
			it = nil
		}
		if dst, err = value.AppendJSON(dst, it); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

// parse reads a value in enc.
func parse(enc Encoding, data []byte) (value.Value, error) {
	if enc == CBOR {
		return value.ParseCBOR(data)
	}
	return value.ParseJSON(data)
}
