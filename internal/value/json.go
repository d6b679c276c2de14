package value

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"
	"unicode/utf8"
)

// MaxDepth is how deep a value may be nested in any encoded form.
const MaxDepth = 1000

// maxJSON bounds the text of one value: shared references are written out
// each time they are met, so a small graph can have an enormous text.
const maxJSON = 256 << 20

var (
	// ErrUndefined says that the value as a whole has no JSON text, as
	// JSON.stringify(undefined) has none.
	ErrUndefined = errors.New("undefined has no JSON form")
	// ErrBigInt is JSON.stringify's refusal of a BigInt.
	ErrBigInt = errors.New("a BigInt has no JSON form")
	// ErrDepth says that a value is nested deeper than MaxDepth, or is a cycle.
	ErrDepth = fmt.Errorf("a cycle, or nested deeper than %d", MaxDepth)
	// ErrTooLarge says that the text would exceed what any limit allows.
	ErrTooLarge = errors.New("value is too large")
)

// AppendJSON appends v as JSON.stringify writes it: a Date is its ISO string,
// NaN and infinities are null, undefined members vanish, a Map is {}. A BigInt
// and a cycle are errors; so is undefined itself (ErrUndefined).
func AppendJSON(dst []byte, v Value) ([]byte, error) {
	if _, ok := v.(Undefined); ok {
		return dst, ErrUndefined
	}
	return appendJSON(dst, v, 0)
}

func appendJSON(dst []byte, v Value, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return dst, ErrDepth
	}
	if len(dst) > maxJSON {
		return dst, ErrTooLarge
	}
	switch v := v.(type) {
	case nil, Undefined, Hole:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return append(dst, "null"...), nil
		}
		return AppendNumber(dst, v), nil
	case string:
		return appendJSONString(dst, v), nil
	case *big.Int:
		return dst, ErrBigInt
	case Date:
		s := v.ISO()
		if s == "" {
			return append(dst, "null"...), nil
		}
		return append(append(append(dst, '"'), s...), '"'), nil
	case *Object:
		return appendJSONObject(dst, v, depth)
	case *Array:
		dst = append(dst, '[')
		var err error
		for i, it := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = appendJSON(dst, it, depth+1); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	case *Error:
		return appendJSONObject(dst, v.Fields, depth)
	case *Bytes:
		return appendJSONBytes(dst, v)
	case *Map, *Set, *RegExp:
		return append(dst, "{}"...), nil
	}
	return dst, fmt.Errorf("value of type %T has no JSON form", v)
}

func appendJSONObject(dst []byte, o *Object, depth int) ([]byte, error) {
	if o == nil {
		return append(dst, "{}"...), nil
	}
	dst = append(dst, '{')
	first := true
	var err error
	for i, k := range o.Keys {
		if _, ok := o.Vals[i].(Undefined); ok {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(appendJSONString(dst, k), ':')
		if dst, err = appendJSON(dst, o.Vals[i], depth+1); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

func appendJSONBytes(dst []byte, b *Bytes) ([]byte, error) {
	switch b.Kind {
	case ArrayBuffer, DataView:
		return append(dst, "{}"...), nil
	case Buffer:
		dst = append(dst, `{"type":"Buffer","data":[`...)
		for i, c := range b.Data {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = strconv.AppendUint(dst, uint64(c), 10)
		}
		return append(dst, "]}"...), nil
	}
	dst = append(dst, '{')
	for i := range b.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(strconv.AppendInt(append(dst, '"'), int64(i), 10), `":`...)
		var err error
		if dst, err = appendJSON(dst, b.At(i), 0); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// AppendNumber appends f as JavaScript's Number.prototype.toString does.
func AppendNumber(dst []byte, f float64) []byte {
	switch {
	case f == 0:
		return append(dst, '0')
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	if i := int64(f); float64(i) == f && i > -1<<53 && i < 1<<53 {
		return strconv.AppendInt(dst, i, 10)
	}
	if a := math.Abs(f); a >= 1e-6 && a < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst); dst[n-2] == '0' && (dst[n-3] == '-' || dst[n-3] == '+') {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// ISO is the date as Date.prototype.toISOString writes it, "" if invalid.
func (d Date) ISO() string {
	f := float64(d)
	if math.IsNaN(f) || math.Abs(f) > 8.64e15 {
		return ""
	}
	t := time.UnixMilli(int64(f)).UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		sign := '+'
		if y < 0 {
			sign, y = '-', -y
		}
		return fmt.Sprintf("%c%06d%s", sign, y, t.Format("-01-02T15:04:05.000Z"))
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}

const hexDigits = "0123456789abcdef"

// jsonPlain tells which ASCII bytes stand for themselves in a JSON string.
var jsonPlain = func() (t [utf8.RuneSelf]bool) {
	for c := byte(0x20); c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return
}()

func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if jsonPlain[c] {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			dst = appendJSONEscape(dst, c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r != utf8.RuneError || size > 1 {
			i += size
			continue
		}
		dst = append(dst, s[start:i]...)
		if u, ok := surrogateAt(s, i); ok {
			dst = append(dst, '\\', 'u', hexDigits[u>>12], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
			i += 3
		} else {
			dst = append(dst, "\ufffd"...)
			i++
		}
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

func appendJSONEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
