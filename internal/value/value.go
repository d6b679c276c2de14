// Package value is what a state, an argument or an event is outside
// JavaScript: exact types, one binary form (CBOR), one text form (JSON), and
// the journal of changes of a state.
//
// A [Value] is immutable by agreement: whoever makes it gives it away, whoever
// receives it may share it between goroutines and must not change it.
package value

import "math/big"

// Value is one JavaScript value. Its dynamic type is one of:
//
//	nil         null
//	Undefined   undefined
//	bool
//	float64     number, with NaN, ±Infinity and -0
//	string      as WTF-8: UTF-8, and a lone surrogate as its three bytes
//	*big.Int    BigInt
//	Date
//	*RegExp, *Error, *Bytes, *Array, *Object, *Map, *Set
//
// The same pointer met twice is the same object: shared references and cycles
// are kept by identity.
type Value = any

// Undefined is JavaScript's undefined.
type Undefined struct{}

// Hole is an element of an Array that isn't there ([1, , 3]).
type Hole struct{}

// Date is milliseconds since the epoch; NaN is an invalid date.
type Date float64

// RegExp is a regular expression as written, and where its next match begins.
type RegExp struct {
	Source, Flags string
	LastIndex     int // not in messages
}

// Error is an error object: its class name, message, stack and own fields
// (metadata, code, cause …) other than these.
type Error struct {
	Name, Message, Stack string
	Fields               *Object // nil: none
}

// BytesKind tells which view of bytes a Bytes is.
type BytesKind uint8

// The kinds of binary data. Buffer is Node's.
const (
	ArrayBuffer BytesKind = iota
	Uint8Array
	Uint8ClampedArray
	Int8Array
	Uint16Array
	Int16Array
	Uint32Array
	Int32Array
	Float32Array
	Float64Array
	BigUint64Array
	BigInt64Array
	DataView
	Buffer
)

// Bytes is binary data, little endian for the wider kinds.
type Bytes struct {
	Kind   BytesKind
	Data   []byte
	Of     *Block // the memory that it shares with other Bytes, nil: its own
	Offset int    // where in Of it begins
}

// Block is memory that several Bytes are views of; each of them has its part
// of the content.
type Block struct{ Size int }

// Array is an array; Items may contain Hole.
type Array struct{ Items []Value }

// Object is a plain object with its own enumerable string keys in order.
type Object struct {
	NullProto bool
	Keys      []string
	Vals      []Value
}

// Get is the member called key.
func (o *Object) Get(key string) (Value, bool) {
	if o == nil {
		return nil, false
	}
	for i, k := range o.Keys {
		if k == key {
			return o.Vals[i], true
		}
	}
	return nil, false
}

// Set puts or replaces the member called key. Only the maker of o may call it.
func (o *Object) Set(key string, v Value) {
	for i, k := range o.Keys {
		if k == key {
			o.Vals[i] = v
			return
		}
	}
	o.Keys = append(o.Keys, key)
	o.Vals = append(o.Vals, v)
}

// Map is a Map, its entries in insertion order.
type Map struct{ Entries [][2]Value }

// Set is a Set, its items in insertion order.
type Set struct{ Items []Value }

var _ Value = (*big.Int)(nil)
