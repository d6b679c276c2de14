package filter

import (
	"strings"
	"testing"
	"unicode"

	"github.com/rivetdev/rivet/internal/errs"
)

// rec is a record of made-up fields.
type rec struct {
	kind, name string
	paths      []string
	took       float64
	size       float64
	err        bool
}

var fields = Fields{"kind": Text, "name": Text, "path": Text, "took": Duration, "size": Size, "errors": Number}

func (r rec) Values(field string, f func(string) bool) bool {
	switch field {
	case "kind":
		return f(r.kind)
	case "name":
		return f(r.name)
	}
	for _, p := range r.paths {
		if f(p) {
			return true
		}
	}
	return false
}

func (r rec) Number(field string) float64 {
	if field == "size" {
		return r.size
	}
	return r.took
}
func (r rec) Contains(w string) bool { return strings.Contains(strings.ToLower(r.kind+" "+r.name), w) }
func (r rec) HasError() bool         { return r.err }

func TestMatch(t *testing.T) {
	t.Parallel()
	r := rec{kind: "action", name: "increment by", paths: []string{"/users/1/name", "/n"}, took: 60_000, size: 2 << 20}
	tests := map[string]bool{
		"": true, "kind:action": true, "kind:event": false, "-kind:log": true, "-kind:action": false,
		"name:inc*": true, "name:INC*by": true, "name:inc": false, "kind:event,action": true,
		"took:>50ms": true, "took:>1s": false, "took:<=60ms": true, "took:60": true, "took:60ms": true,
		"size:>1MiB": true, "size:<1kb": false, "size:2097152b": true,
		"path:/users/*": true, "path:/users/*/name": true, "path:/posts/*": false, "path:/n": true,
		"error": false, "-error": true, `"error"`: false, "incr": true, `"increment by"`: true, `"by increment"`: false,
		"kind:action name:inc* took:>50ms -error": true, "kind:action name:x*": false, `name:"increment by"`: true,
		"kind:*": true, "name:*nope*": false, "name:*cre*ent*": true,
	}
	for in, want := range tests {
		e, err := Parse(in, fields)
		if err != nil {
			t.Errorf("%q: %v", in, err)
		} else if got := e.Match(r); got != want {
			t.Errorf("%q = %t, want %t", in, got, want)
		}
	}
	r.err = true
	if e, _ := Parse("error", fields); !e.Match(r) || e.Uses("kind") || e.Empty() {
		t.Error("error isn't found")
	}
}

func TestParseRefusesWhatItCantMean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"knd:action": `no field "knd"`, "took:fast": "needs a duration such as >50ms", "size:>x": "needs a size",
		`"open`: "not closed", "errors:many": "needs a number",
	} {
		if _, err := Parse(in, fields); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`kind:action -name:"a b" took:>5ms`, `- "`, `-`, `a:b:c`, `"\"" x`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := Parse(s, fields)
		if err != nil {
			if errs.As(err).Msg == "" {
				t.Errorf("%q is refused without a word: %v", s, err)
			}
			return
		}
		r := rec{kind: s}
		matches := e.Match(r)
		// Of a single term, what a - before it lets through is all else.
		if strings.ContainsFunc(s, unicode.IsSpace) || strings.ContainsAny(s, `"`) || strings.HasPrefix(s, "-") || s == "" {
			return
		}
		if not, err := Parse("-"+s, fields); err != nil || not.Match(r) == matches {
			t.Errorf("%q and the same with a - before it: %t, %t (%v)", s, matches, not.Match(r), err)
		}
	})
}
