package isolate

import (
	"math/big"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// maxInternal is how large the arguments of a call inside this process may be.
const maxInternal = 16 << 20

// bound throws message_too_long for arguments above maxInternal.
func (r *isolate) bound(args []value.Value) {
	left := maxInternal
	for _, a := range args {
		if left = fits(a, left, 0); left < 0 {
			e := errs.New(errs.MessageTooLong, "Message too long. A call inside the server takes at most %d bytes of arguments.", maxInternal)
			r.throw(e)
		}
	}
}

// fits is what v leaves of a number of bytes, about as it would be encoded;
// negative: it doesn't fit. Cycles end where the bytes do, or at a depth that
// nothing encodable has.
func fits(v value.Value, left, depth int) int {
	left--
	if left < 0 || depth > 1000 {
		return min(left, -1)
	}
	all := func(items ...value.Value) {
		for n := 0; n < len(items) && left >= 0; n++ {
			left = fits(items[n], left, depth+1)
		}
	}
	switch v := v.(type) {
	case float64, value.Date:
		left -= 8
	case string:
		left -= len(v)
	case *big.Int:
		left -= v.BitLen() / 8
	case *value.Bytes:
		left -= len(v.Data)
	case *value.Array:
		all(v.Items...)
	case *value.Set:
		all(v.Items...)
	case *value.Map:
		for n := 0; n < len(v.Entries) && left >= 0; n++ {
			all(v.Entries[n][0], v.Entries[n][1])
		}
	case *value.Object:
		for n := 0; n < len(v.Keys) && left >= 0; n++ {
			left -= len(v.Keys[n])
			all(v.Vals[n])
		}
	}
	return left
}
