package value

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
)

// CBOR tags, as cbor-x writes and reads them.
const (
	cborDate   = 1
	cborBigPos = 2
	cborBigNeg = 3
	cborObject = 27 // [class name, arguments…]
	cborShare  = 28
	cborRef    = 29
	cborSet    = 258
	cborMap    = 259
)

// cborTyped are the tags of typed arrays (RFC 8746), little endian.
var cborTyped = map[BytesKind]uint64{Uint8Array: 64, Uint8ClampedArray: 68, Uint16Array: 69, Uint32Array: 70, BigUint64Array: 71,
	Int8Array: 72, Int16Array: 77, Int32Array: 78, BigInt64Array: 79, Float32Array: 85, Float64Array: 86}

// AppendCBOR appends v for a client. It writes what cbor-x writes: object maps
// with a two-byte length, integers beyond 32 bits as float64 (an eight-byte
// integer is a BigInt), Date as tag 1, Map and Set as tags 259 and 258, shared
// references and cycles as tags 28 and 29. ArrayBuffer, Buffer and DataView
// are plain byte strings; a null prototype, a hole and an error's stack are
// lost. Where nothing may be lost, as in storage, use GraphOf(v).Encode().
func AppendCBOR(dst []byte, v Value) ([]byte, error) {
	w := cborWriter{b: dst}
	if hasContainers(v) {
		w.count(v, map[any]bool{}, 0)
	}
	if w.err == nil {
		w.value(v, 0)
	}
	return w.b, w.err
}

func hasContainers(v Value) bool {
	switch v := v.(type) {
	case *Array:
		for _, it := range v.Items {
			if isContainer(it) {
				return true
			}
		}
	case *Object:
		for _, it := range v.Vals {
			if isContainer(it) {
				return true
			}
		}
	case *Map, *Set, *Error:
		return true
	}
	return false
}

func isContainer(v Value) bool {
	switch v.(type) {
	case *Array, *Object, *Map, *Set, *Error, *Bytes, *RegExp:
		return true
	}
	return false
}

type cborWriter struct {
	b      []byte
	err    error
	shared map[any]int // pointers met more than once; -1: not written yet
	next   int
}

// count finds the objects that are referred to more than once.
func (w *cborWriter) count(v Value, seen map[any]bool, depth int) {
	if !isContainer(v) {
		return
	}
	if depth > MaxDepth {
		w.err = ErrDepth
		return
	}
	if seen[v] {
		if w.shared == nil {
			w.shared = map[any]int{}
		}
		w.shared[v] = -1
		return
	}
	seen[v] = true
	switch v := v.(type) {
	case *Array:
		for _, it := range v.Items {
			w.count(it, seen, depth+1)
		}
	case *Set:
		for _, it := range v.Items {
			w.count(it, seen, depth+1)
		}
	case *Object:
		for _, it := range v.Vals {
			w.count(it, seen, depth+1)
		}
	case *Map:
		for _, e := range v.Entries {
			w.count(e[0], seen, depth+1)
			w.count(e[1], seen, depth+1)
		}
	case *Error:
		if v.Fields != nil {
			w.count(v.Fields, seen, depth+1)
		}
	}
}

func (w *cborWriter) head(major byte, n uint64) {
	major <<= 5
	switch {
	case n < 24:
		w.b = append(w.b, major|byte(n))
	case n < 1<<8:
		w.b = append(w.b, major|24, byte(n))
	case n < 1<<16:
		w.b = binary.BigEndian.AppendUint16(append(w.b, major|25), uint16(n))
	case n < 1<<32:
		w.b = binary.BigEndian.AppendUint32(append(w.b, major|26), uint32(n))
	default:
		w.b = binary.BigEndian.AppendUint64(append(w.b, major|27), n)
	}
}

func (w *cborWriter) float(f float64) {
	if f != f {
		f = math.Float64frombits(0x7ff8000000000000)
	}
	w.b = binary.BigEndian.AppendUint64(append(w.b, 0xfb), math.Float64bits(f))
}

func (w *cborWriter) text(s string) {
	w.head(3, uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *cborWriter) value(v Value, depth int) {
	if w.err != nil {
		return
	}
	if depth > MaxDepth {
		w.err = ErrDepth
		return
	}
	if id, ok := w.shared[v]; ok && isContainer(v) {
		if id >= 0 {
			w.head(6, cborRef)
			w.head(0, uint64(id))
			return
		}
		w.shared[v] = w.next
		w.next++
		w.head(6, cborShare)
	}
	switch v := v.(type) {
	case nil:
		w.b = append(w.b, 0xf6)
	case Undefined, Hole:
		w.b = append(w.b, 0xf7)
	case bool:
		if v {
			w.b = append(w.b, 0xf5)
		} else {
			w.b = append(w.b, 0xf4)
		}
	case float64:
		w.number(v)
	case string:
		w.text(v)
	case *big.Int:
		w.bigInt(v)
	case Date:
		w.date(v)
	case *Bytes:
		if tag, ok := cborTyped[v.Kind]; ok {
			w.head(6, tag)
		}
		w.head(2, uint64(len(v.Data)))
		w.b = append(w.b, v.Data...)
	case *RegExp:
		w.head(6, cborObject)
		w.head(4, 3)
		w.text("RegExp")
		w.text(v.Source)
		w.text(v.Flags)
	default:
		w.container(v, depth)
	}
}

func (w *cborWriter) container(v Value, depth int) {
	switch v := v.(type) {
	case *Array:
		w.head(4, uint64(len(v.Items)))
		for _, it := range v.Items {
			w.value(it, depth+1)
		}
	case *Object:
		w.object(v, depth)
	case *Map:
		w.head(6, cborMap)
		w.head(5, uint64(len(v.Entries)))
		for _, e := range v.Entries {
			w.value(e[0], depth+1)
			w.value(e[1], depth+1)
		}
	case *Set:
		w.head(6, cborSet)
		w.head(4, uint64(len(v.Items)))
		for _, it := range v.Items {
			w.value(it, depth+1)
		}
	case *Error:
		w.head(6, cborObject)
		n := uint64(2)
		if v.Fields != nil {
			n = 3
		}
		w.head(4, n)
		w.text(v.Name)
		w.text(v.Message)
		if v.Fields != nil {
			w.value(v.Fields, depth+1)
		}
	default:
		w.err = fmt.Errorf("value of type %T has no CBOR form", v)
	}
}

func (w *cborWriter) object(v *Object, depth int) {
	if n := len(v.Keys); n < 1<<16 {
		w.b = append(w.b, 0xb9, byte(n>>8), byte(n))
	} else {
		w.head(5, uint64(n))
	}
	for i, k := range v.Keys {
		w.text(k)
		w.value(v.Vals[i], depth+1)
	}
}

func (w *cborWriter) number(f float64) {
	i := int64(f)
	switch {
	case float64(i) != f || i == 0 && math.Signbit(f) || i >= 1<<32 || i < -1<<32:
		w.float(f)
	case i >= 0:
		w.head(0, uint64(i))
	default:
		w.head(1, uint64(-1-i))
	}
}

func (w *cborWriter) bigInt(n *big.Int) {
	neg := n.Sign() < 0
	if neg {
		n = new(big.Int).Not(n) // -1-n
	}
	if n.IsUint64() {
		major := byte(0x1b)
		if neg {
			major = 0x3b
		}
		w.b = binary.BigEndian.AppendUint64(append(w.b, major), n.Uint64())
		return
	}
	tag := uint64(cborBigPos)
	if neg {
		tag = cborBigNeg
	}
	w.head(6, tag)
	b := n.Bytes()
	w.head(2, uint64(len(b)))
	w.b = append(w.b, b...)
}

func (w *cborWriter) date(d Date) {
	w.head(6, cborDate)
	s := float64(d) / 1000
	if s == math.Trunc(s) && s >= 0 && s < 1<<32 && !math.Signbit(s) {
		w.b = binary.BigEndian.AppendUint32(append(w.b, 0x1a), uint32(s))
		return
	}
	w.float(s)
}
