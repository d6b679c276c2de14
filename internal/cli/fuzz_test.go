package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// FuzzArguments: a word is what it is as JSON, or the string that it is; masking
// numbers changes nothing that can't be changed back.
func FuzzArguments(f *testing.F) {
	for _, s := range []string{"5", "-5", "-.5", "hello", `{"a":[1,null]}`, "@@x", "@", "", "01", "-1e3", "--", `"\ud800"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		args := []string{"call", "a/b", "act", s, "--", s}
		if !strings.Contains(s, mask) && !slices.Equal(unmaskAll(maskNumbers(args)), args) {
			t.Errorf("%q is masked for good", s)
		}
		if strings.HasPrefix(s, "@") && !strings.HasPrefix(s, "@@") && s != "@" {
			return // a file
		}
		if negative.MatchString(s) {
			return // a number, also where JSON writes it otherwise
		}
		v, err := parseArg(&App{}, s)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if rest, escaped := strings.CutPrefix(s, "@@"); escaped {
			if v != value.Value("@"+rest) {
				t.Errorf("%q is read as %v", s, v)
			}
			return
		}
		text, err := value.AppendJSON(nil, v)
		if err != nil {
			t.Fatalf("%q is read as %v, which is no JSON: %v", s, v, err)
		}
		want, err := value.ParseJSON([]byte(s))
		if err != nil {
			want = s
		}
		if again, err := value.ParseJSON(text); err != nil || v != value.Value(s) && !inspect.Equal(again, want) {
			t.Errorf("%q is read as %s", s, text)
		}
	})
}

// FuzzPaths: a path that leads somewhere can be set there, and any other is
// explained; shown changes stay within the width.
func FuzzPaths(f *testing.F) {
	for _, s := range []string{"", "/", "/count", "/l/0", "/l/-", "/l/9", "/a~1b/~0", "/x/y", "nope", "/~"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		state := tree(t, `{"count":1,"l":[1,{"k":"v"}],"a/b":{"~":1},"":0}`)
		if _, err := parsePath(path); err != nil {
			return
		}
		patch, err := setPatch(state, path, "new")
		if err != nil {
			if nearPath(state, path) == "" {
				t.Errorf("%q isn't explained", path)
			}
			return
		}
		after, err := inspect.Apply(state, patch)
		if err != nil {
			t.Fatalf("%q: %v", path, err)
		}
		if got, err := inspect.At(after, path); !strings.HasSuffix(path, "/-") && (err != nil || got != value.Value("new")) {
			t.Errorf("%q holds %v (%v)", path, got, err)
		}
		_ = (&App{}).diffText(false, state, patch, 60)
	})
}
