package tui

import (
	"time"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// rateOver is the time over which actions a second are counted.
const rateOver = 4

// rate counts actions by the second in which they were heard of.
type rate struct {
	second int64 // of at[0]
	at     [rateOver + 1]int
}

// add counts what an update of the history tells; entries that were left out
// count as what the others are.
func (r *rate) add(now time.Time, u *update) {
	if u.fresh {
		return // that was before
	}
	n := 0
	for i := range u.entries {
		if u.entries[i].Kind == inspect.KindAction {
			n++
		}
	}
	if u.dropped > 0 && len(u.entries) > 0 {
		n += u.dropped * n / len(u.entries)
	}
	r.turn(now)
	r.at[0] += n
}

func (r *rate) turn(now time.Time) {
	s := now.Unix()
	for ; r.second < s; r.second++ {
		if s-r.second > rateOver {
			r.second, r.at = s-1, [rateOver + 1]int{}
		}
		copy(r.at[1:], r.at[:])
		r.at[0] = 0
	}
}

// now is the actions a second over the last whole seconds.
func (r *rate) now(t time.Time) float64 {
	r.turn(t)
	n := 0
	for _, k := range r.at[1:] {
		n += k
	}
	return float64(n) / rateOver
}

// moving reports whether now changes as time goes on.
func (r *rate) moving(t time.Time) bool {
	r.turn(t)
	return r.at != [rateOver + 1]int{}
}
