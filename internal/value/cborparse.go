package value

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"time"
)

var errCBOREnd = errors.New("invalid CBOR: unexpected end")

// ParseCBOR reads any valid CBOR item. A plain byte string is a Buffer, an
// eight-byte integer a BigInt, any other a number. A map is an Object if its
// keys are text or numbers (which become text, as in JavaScript), else a Map,
// as tag 259 is always; an unknown tag is dropped and its content kept.
func ParseCBOR(b []byte) (Value, error) {
	r := cborReader{b: b}
	v, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if len(r.b) > 0 {
		return nil, fmt.Errorf("invalid CBOR: %d bytes after the value", len(r.b))
	}
	return v, nil
}

type cborReader struct {
	b      []byte
	shared []Value
	slot   int // of the container to come under tag 28, plus one; 0: none
}

// errBreak is what ends an item of indefinite length.
var errBreak = errors.New("invalid CBOR: unexpected break")

func (r *cborReader) head() (major, info byte, n uint64, err error) {
	if len(r.b) == 0 {
		return 0, 0, 0, errCBOREnd
	}
	c := r.b[0]
	r.b = r.b[1:]
	major, info = c>>5, c&31
	size := 0
	switch {
	case info < 24:
		return major, info, uint64(info), nil
	case info < 28:
		size = 1 << (info - 24)
	case info == 31 && major >= 2 && major != 6:
		if major == 7 {
			return 0, 0, 0, errBreak
		}
		return major, info, 0, nil
	default:
		return 0, 0, 0, fmt.Errorf("invalid CBOR: head %#x", c)
	}
	if len(r.b) < size {
		return 0, 0, 0, errCBOREnd
	}
	for _, c := range r.b[:size] {
		n = n<<8 | uint64(c)
	}
	r.b = r.b[size:]
	return major, info, n, nil
}

// fill makes v what tag 28 announced, before its content is read.
func (r *cborReader) fill(v Value) {
	if r.slot > 0 {
		r.shared[r.slot-1] = v
		r.slot = 0
	}
}

func (r *cborReader) value(depth int) (Value, error) {
	if depth > MaxDepth {
		return nil, errors.New("invalid CBOR: nested too deep")
	}
	major, info, n, err := r.head()
	if err != nil {
		return nil, err
	}
	switch major {
	case 0:
		if info == 27 {
			return new(big.Int).SetUint64(n), nil
		}
		return float64(n), nil
	case 1:
		if info == 27 {
			x := new(big.Int).SetUint64(n)
			return x.Not(x), nil
		}
		return -1 - float64(n), nil
	case 2:
		b := &Bytes{Kind: Buffer}
		r.fill(b)
		b.Data, err = r.chunks(2, info, n)
		return b, err
	case 3:
		b, err := r.chunks(3, info, n)
		return toWTF8(b), err
	case 4:
		a := &Array{}
		r.fill(a)
		a.Items, err = r.items(info, n, depth)
		return a, err
	case 5:
		return r.mapping(info, n, depth, false)
	case 6:
		return r.tag(n, depth)
	}
	return r.simple(info, n)
}

func (r *cborReader) simple(info byte, n uint64) (Value, error) {
	switch info {
	case 20, 21:
		return info == 21, nil
	case 22:
		return nil, nil
	case 23:
		return Undefined{}, nil
	case 25:
		return halfFloat(uint16(n)), nil
	case 26:
		return float64(math.Float32frombits(uint32(n))), nil
	case 27:
		return math.Float64frombits(n), nil
	}
	return nil, fmt.Errorf("invalid CBOR: simple value %d", n)
}

func halfFloat(h uint16) float64 {
	exp, frac := int(h>>10&31), float64(h&1023)
	f := 0.0
	switch exp {
	case 0:
		f = math.Ldexp(frac, -24)
	case 31:
		if frac != 0 {
			return math.NaN()
		}
		f = math.Inf(1)
	default:
		f = math.Ldexp(1024+frac, exp-25)
	}
	if h&0x8000 != 0 {
		f = -f
	}
	return f
}

// chunks is the content of a string, of one length or in pieces.
func (r *cborReader) chunks(major, info byte, n uint64) ([]byte, error) {
	if info != 31 {
		if n > uint64(len(r.b)) {
			return nil, errCBOREnd
		}
		b := append([]byte{}, r.b[:n]...)
		r.b = r.b[n:]
		return b, nil
	}
	out := []byte{}
	for {
		m, i, n, err := r.head()
		if err == errBreak {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if m != major || i == 31 || n > uint64(len(r.b)) {
			return nil, errCBOREnd
		}
		out = append(out, r.b[:n]...)
		r.b = r.b[n:]
	}
}

func (r *cborReader) items(info byte, n uint64, depth int) ([]Value, error) {
	var out []Value
	if info != 31 {
		if n > uint64(len(r.b)) {
			return nil, errCBOREnd
		}
		out = make([]Value, 0, min(n, 1024))
	}
	for i := uint64(0); info == 31 || i < n; i++ {
		v, err := r.value(depth + 1)
		if err == errBreak && info == 31 {
			return out, nil
		}
		if err != nil {
			return nil, hideBreak(err)
		}
		out = append(out, v)
	}
	return out, nil
}

// hideBreak keeps a misplaced break from ending an outer item.
func hideBreak(err error) error {
	if err == errBreak {
		return fmt.Errorf("%w", errBreak)
	}
	return err
}

func (r *cborReader) mapping(info byte, n uint64, depth int, exact bool) (Value, error) {
	if info != 31 && n > uint64(len(r.b))/2 {
		return nil, errCBOREnd
	}
	o, m := &Object{}, &Map{}
	shared := r.slot
	if exact {
		r.fill(m)
	} else {
		r.fill(o)
	}
	var index map[string]int
	plain := !exact
	for i := uint64(0); info == 31 || i < n; i++ {
		k, err := r.value(depth + 1)
		if err == errBreak && info == 31 {
			break
		}
		if err != nil {
			return nil, hideBreak(err)
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, hideBreak(err)
		}
		m.Entries = append(m.Entries, [2]Value{k, v})
		if plain {
			var name string
			if name, plain = propertyName(k); plain {
				index = o.put(index, name, v)
			}
		}
	}
	if exact || plain {
		if exact {
			return m, nil
		}
		o.sortIndexKeys()
		return o, nil
	}
	if shared > 0 {
		r.shared[shared-1] = m
	}
	return m, nil
}

// propertyName is k as the name of a member, if an object can have it.
func propertyName(k Value) (string, bool) {
	switch k := k.(type) {
	case string:
		return k, true
	case float64:
		return string(AppendNumber(nil, k)), true
	case *big.Int:
		return k.String(), true
	case bool:
		return strconv.FormatBool(k), true
	}
	return "", false
}

func (r *cborReader) tag(tag uint64, depth int) (Value, error) {
	switch tag {
	case cborShare:
		r.shared = append(r.shared, nil)
		slot := len(r.shared)
		r.slot = slot
		v, err := r.value(depth + 1)
		r.slot = 0
		if err == nil {
			r.shared[slot-1] = v
		}
		return v, hideBreak(err)
	case cborMap:
		if len(r.b) > 0 && r.b[0]>>5 == 5 {
			_, info, n, err := r.head()
			if err != nil {
				return nil, hideBreak(err)
			}
			return r.mapping(info, n, depth, true)
		}
	case cborSet:
		if len(r.b) > 0 && r.b[0]>>5 == 4 {
			_, info, n, err := r.head()
			if err != nil {
				return nil, hideBreak(err)
			}
			s := &Set{}
			r.fill(s)
			s.Items, err = r.items(info, n, depth)
			return s, err
		}
	}
	x := &Error{}
	slot := r.slot
	if tag == cborObject && slot > 0 && len(r.b) > 0 && r.b[0]>>5 == 4 {
		r.fill(x) // an error that refers to itself
	}
	r.slot = 0
	v, err := r.value(depth + 1)
	if err != nil {
		return nil, hideBreak(err)
	}
	return r.tagged(tag, v, x)
}

func (r *cborReader) tagged(tag uint64, v Value, x *Error) (Value, error) {
	switch tag {
	case 0:
		s, _ := v.(string)
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return Date(math.NaN()), nil
		}
		return Date(float64(t.UnixMilli())), nil
	case cborDate:
		switch s := v.(type) {
		case float64:
			return Date(math.Round(s * 1000)), nil
		case *big.Int:
			f, _ := new(big.Float).SetInt(s).Float64()
			return Date(f * 1000), nil
		}
		return nil, errors.New("invalid CBOR: date without a number")
	case cborBigPos, cborBigNeg:
		b, ok := v.(*Bytes)
		if !ok {
			return nil, errors.New("invalid CBOR: bignum without bytes")
		}
		n := new(big.Int).SetBytes(b.Data)
		if tag == cborBigNeg {
			n.Not(n)
		}
		return n, nil
	case cborRef:
		i, ok := v.(float64)
		if !ok || i != math.Trunc(i) || i < 0 || i >= float64(len(r.shared)) || r.shared[int(i)] == nil {
			return nil, errors.New("invalid CBOR: reference to nothing")
		}
		return r.shared[int(i)], nil
	case cborObject:
		return classObject(v, x), nil
	}
	if tag >= 64 && tag <= 87 {
		if b, ok := v.(*Bytes); ok {
			return typedBytes(tag, b.Data)
		}
	}
	return v, nil
}

// classObject is a tag 27: [class name, arguments…].
func classObject(v Value, x *Error) Value {
	a, ok := v.(*Array)
	if !ok || len(a.Items) < 2 {
		return v
	}
	name, ok1 := a.Items[0].(string)
	text, ok2 := a.Items[1].(string)
	if !ok1 || !ok2 {
		return v
	}
	if name == "RegExp" {
		re := &RegExp{Source: text}
		if len(a.Items) > 2 {
			re.Flags, _ = a.Items[2].(string)
		}
		return re
	}
	x.Name, x.Message = name, text
	if len(a.Items) > 2 {
		x.Fields, _ = a.Items[2].(*Object)
	}
	return x
}

// typedBytes is a typed array of RFC 8746; big endian ones are turned round.
func typedBytes(tag uint64, data []byte) (Value, error) {
	little := tag
	if tag == 65 || tag == 66 || tag == 67 || tag >= 73 && tag <= 75 || tag == 81 || tag == 82 {
		little = tag + 4
	}
	for kind, t := range cborTyped {
		if t != little {
			continue
		}
		w := kind.Width()
		if len(data)%w != 0 {
			return nil, errors.New("invalid CBOR: typed array of broken length")
		}
		if little != tag {
			for i := 0; i < len(data); i += w {
				slices.Reverse(data[i : i+w])
			}
		}
		return &Bytes{Kind: kind, Data: data}, nil
	}
	return nil, fmt.Errorf("invalid CBOR: typed array of tag %d", tag)
}
