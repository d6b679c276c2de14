package value

import (
	"encoding/binary"
	"math"
	"math/big"
)

// Width is the size of one element: 1 for ArrayBuffer, DataView and Buffer.
func (k BytesKind) Width() int {
	switch k {
	case Uint16Array, Int16Array:
		return 2
	case Uint32Array, Int32Array, Float32Array:
		return 4
	case Float64Array, BigUint64Array, BigInt64Array:
		return 8
	}
	return 1
}

// String is the name of the JavaScript constructor.
func (k BytesKind) String() string {
	if int(k) < len(bytesNames) {
		return bytesNames[k]
	}
	return "BytesKind"
}

var bytesNames = [...]string{"ArrayBuffer", "Uint8Array", "Uint8ClampedArray", "Int8Array", "Uint16Array", "Int16Array",
	"Uint32Array", "Int32Array", "Float32Array", "Float64Array", "BigUint64Array", "BigInt64Array", "DataView", "Buffer"}

// Len is the number of elements.
func (b *Bytes) Len() int { return len(b.Data) / b.Kind.Width() }

// At is element i as a number or BigInt.
func (b *Bytes) At(i int) Value {
	d := b.Data[i*b.Kind.Width():]
	switch b.Kind {
	case Int8Array:
		return float64(int8(d[0]))
	case Uint16Array:
		return float64(binary.LittleEndian.Uint16(d))
	case Int16Array:
		return float64(int16(binary.LittleEndian.Uint16(d)))
	case Uint32Array:
		return float64(binary.LittleEndian.Uint32(d))
	case Int32Array:
		return float64(int32(binary.LittleEndian.Uint32(d)))
	case Float32Array:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(d)))
	case Float64Array:
		return math.Float64frombits(binary.LittleEndian.Uint64(d))
	case BigUint64Array:
		return new(big.Int).SetUint64(binary.LittleEndian.Uint64(d))
	case BigInt64Array:
		return big.NewInt(int64(binary.LittleEndian.Uint64(d)))
	}
	return float64(d[0])
}
