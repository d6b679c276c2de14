package jsvalue

import (
	"math"
	"math/big"
	"strings"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/value"
)

var nan = math.NaN()

// String is s as WTF-8: a lone surrogate keeps its three bytes.
func String(s goja.String) string {
	str := s.String()
	if !strings.Contains(str, "\uFFFD") {
		return str
	}
	u := make([]uint16, s.Length())
	for i := range u {
		u[i] = s.CharAt(i)
	}
	return value.FromUTF16(u)
}

// NewString is the WTF-8 string s in a runtime.
func NewString(vm *goja.Runtime, s string) goja.Value {
	if value.HasSurrogate(s) {
		return goja.StringFromUTF16(value.ToUTF16(s))
	}
	return vm.ToValue(s)
}

// Leaf is a primitive as a value; ok is false for objects and symbols.
func Leaf(v goja.Value) (leaf value.Value, ok bool) {
	switch v := v.(type) {
	case *goja.Object, *goja.Symbol:
		return nil, false
	case goja.String:
		return String(v), true
	case nil:
		return value.Undefined{}, true
	}
	if goja.IsUndefined(v) {
		return value.Undefined{}, true
	}
	if goja.IsNull(v) {
		return nil, true
	}
	switch x := v.Export().(type) {
	case int64:
		return float64(x), true
	case float64:
		return x, true
	case bool:
		return x, true
	case *big.Int:
		return x, true
	}
	return nil, false
}

// FromLeaf is a leaf of a value in a runtime; ok is false for anything else.
func FromLeaf(vm *goja.Runtime, v value.Value) (js goja.Value, ok bool) {
	switch v := v.(type) {
	case nil:
		return goja.Null(), true
	case value.Undefined, value.Hole:
		return goja.Undefined(), true
	case bool, float64, *big.Int:
		return vm.ToValue(v), true
	case string:
		return NewString(vm, v), true
	}
	return nil, false
}
