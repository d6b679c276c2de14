package value

import (
	"slices"
	"strconv"
)

// ArrayIndex is k as an array index, if it is one in canonical form ("0",
// "17", not "01"). Such keys come first in an object, in ascending order.
func ArrayIndex(k string) (uint32, bool) {
	if k == "" || len(k) > 10 || k[0]-'0' > 9 || k[0] == '0' && len(k) > 1 {
		return 0, false
	}
	n, err := strconv.ParseUint(k, 10, 32)
	if err != nil || n == 1<<32-1 {
		return 0, false
	}
	return uint32(n), true
}

// sortIndexKeys puts members with integer names first, in ascending order, as
// a JavaScript object has them.
func (o *Object) sortIndexKeys() {
	any := false
	for _, k := range o.Keys {
		if k != "" && k[0]-'0' < 10 {
			any = true
			break
		}
	}
	if !any {
		return
	}
	type member struct {
		k   string
		v   Value
		idx int64
	}
	ms := make([]member, len(o.Keys))
	for i, k := range o.Keys {
		ms[i] = member{k, o.Vals[i], 1 << 40}
		if n, ok := ArrayIndex(k); ok {
			ms[i].idx = int64(n)
		}
	}
	slices.SortStableFunc(ms, func(a, b member) int { return int(min(1, max(-1, a.idx-b.idx))) })
	for i, m := range ms {
		o.Keys[i], o.Vals[i] = m.k, m.v
	}
}
