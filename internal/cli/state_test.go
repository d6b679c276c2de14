package cli

import (
	"testing"

	"github.com/rivetdev/rivet/internal/testkit"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
	"pgregory.net/rapid"
)

func tree(t testing.TB, text string) value.Value {
	t.Helper()
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestEditsMergeWherePathsDoNotOverlap(t *testing.T) {
	t.Parallel()
	const base = `{"a":1,"o":{"x":1,"y":2},"l":[1,2,3],"s/t":0}`
	tests := map[string]struct{ mine, theirs, want string }{
		"two keys":                           {`{"a":2,"o":{"x":1,"y":2},"l":[1,2,3],"s/t":0}`, `{"a":1,"o":{"x":1,"y":3},"l":[1,2,3],"s/t":0}`, `{"a":2,"o":{"x":1,"y":3},"l":[1,2,3],"s/t":0}`},
		"two keys of one object":             {`{"a":1,"o":{"x":9,"y":2},"l":[1,2,3],"s/t":0}`, `{"a":1,"o":{"x":1,"y":3},"l":[1,2,3],"s/t":0}`, `{"a":1,"o":{"x":9,"y":3},"l":[1,2,3],"s/t":0}`},
		"the same key":                       {`{"a":2,"o":{"x":1,"y":2},"l":[1,2,3],"s/t":0}`, `{"a":3,"o":{"x":1,"y":2},"l":[1,2,3],"s/t":0}`, ""},
		"a key of what was replaced":         {`{"a":1,"o":5,"l":[1,2,3],"s/t":0}`, `{"a":1,"o":{"x":1,"y":3},"l":[1,2,3],"s/t":0}`, ""},
		"items of a list, in place":          {`{"a":1,"o":{"x":1,"y":2},"l":[9,2,3],"s/t":0}`, `{"a":1,"o":{"x":1,"y":2},"l":[1,2,8],"s/t":0}`, `{"a":1,"o":{"x":1,"y":2},"l":[9,2,8],"s/t":0}`},
		"a list that moved under an item":    {`{"a":1,"o":{"x":1,"y":2},"l":[1,2,9],"s/t":0}`, `{"a":1,"o":{"x":1,"y":2},"l":[2,3],"s/t":0}`, ""},
		"a key that begins like another one": {`{"a":1,"o":{"x":1,"y":2},"l":[1,2,3],"s/t":1}`, `{"a":1,"o":{"x":1,"y":2},"l":[1,2,3],"s/t":0,"s":1}`, `{"a":1,"o":{"x":1,"y":2},"l":[1,2,3],"s/t":1,"s":1}`},
		"all, and a part":                    {`5`, `{"a":2,"o":{"x":1,"y":2},"l":[1,2,3],"s/t":0}`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := tree(t, base)
			mine, theirs := inspect.Diff(b, tree(t, tt.mine)), inspect.Diff(b, tree(t, tt.theirs))
			now, ok := merge(b, mine, theirs)
			if ok != (tt.want != "") {
				t.Fatalf("merges: %v; mine %v, theirs %v", ok, touched(b, mine), touched(b, theirs))
			}
			if !ok {
				return
			}
			got, err := inspect.Apply(now, mine)
			if err != nil || briefly(got) != tt.want {
				t.Errorf("got %s (%v), want %s", briefly(got), err, tt.want)
			}
		})
	}
}

// TestMergeKnowsNoOrder: whatever merges gives the same, whoever comes first.
func TestMergeKnowsNoOrder(t *testing.T) {
	t.Parallel()
	leaf := rapid.SampledFrom([]string{"1", "2", `"x"`, "[]", "[1,2]", "[1,2,3]", `{"k":1}`, "{}", `{"k":[1,2]}`, `{"k":[2]}`})
	doc := rapid.Custom(func(t *rapid.T) string {
		return `{"a":` + leaf.Draw(t, "a") + `,"b":` + leaf.Draw(t, "b") + `,"c":[` + leaf.Draw(t, "c") + `,0]}`
	})
	rapid.Check(t, func(rt *rapid.T) {
		base := tree(t, doc.Draw(rt, "base"))
		mine, theirs := inspect.Diff(base, tree(t, doc.Draw(rt, "mine"))), inspect.Diff(base, tree(t, doc.Draw(rt, "theirs")))
		one, ok := merge(base, mine, theirs)
		two, ok2 := merge(base, theirs, mine)
		if ok != ok2 {
			rt.Fatalf("merges one way alone: %v and %v of %s", mine, theirs, briefly(base))
		}
		if !ok {
			return
		}
		a, err := inspect.Apply(one, mine)
		b, err2 := inspect.Apply(two, theirs)
		if err != nil || err2 != nil || !inspect.Equal(a, b) {
			rt.Fatalf("%s (%v), %s (%v)", briefly(a), err, briefly(b), err2)
		}
	})
}

func TestNearPathTellsWhatIsThere(t *testing.T) {
	t.Parallel()
	state := tree(t, `{"users":[{"name":"a"}],"count":1,"a/b":{"~":1}}`)
	for path, want := range map[string]string{
		"/usres":         "did you mean /users?",
		"/users/5":       "/users is an array of 1",
		"/users/0/nmae":  "did you mean /users/0/name?",
		"/count/x":       "/count is no object: 1",
		"/zzzzzzzz":      "the root has: users, count, a/b",
		"/a~1b/~0~0":     "did you mean /a~1b/~0?",
		"/a~1c":          "did you mean /a~1b?",
		"/users/0/other": "/users/0 has: name",
	} {
		if got := nearPath(state, path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestDiffsFitTheTerminal(t *testing.T) {
	t.Parallel()
	before := tree(t, `{"count":5,"tags":["a","b"],"old":true,"text":"a long text that goes on and on and on and on and on and on and on and on and on","\u001b[2J":1}`)
	after := tree(t, `{"count":6,"tags":["a","b","c\u202e"],"text":"another long text that goes on and on and on and on and on and on and on and on and on","\u001b[2J":2,"new":{"日本":"語"}}`)
	got := looks(t, func(a *App) error {
		return a.printChange(t.Context(), before, inspect.StateChange{Rev: 7, Patch: inspect.Diff(before, after)})
	})
	testkit.Golden(t, "diff.txt", []byte(got))
}
