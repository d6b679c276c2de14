package cli

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/value"
)

var infinite = regexp.MustCompile(`\d[eE]\+?\d{3}|\d{300}`)

// FuzzArgs: an argument is the JSON that it is, else the string that it is, and
// hiding negative numbers from the parser of flags changes no word.
func FuzzArgs(f *testing.F) {
	for _, s := range []string{"5", "-5", "-.5", "-1e3", "hello", `"hello"`, `{"a":[1,null]}`, "@", "@@x", "@file", "@-", "", " 1", "01", "NaN", "-", "--", "null", "1e999", "\xff", `"\ud800"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, word string) {
		if strings.Contains(word, "\x00") {
			return // no argument of a process can have it
		}
		for _, args := range [][]string{{"call", "a", "b", word}, {"bench", word, "-c", word}, {"state", "set", word, "--", word}, {word, "call"}} {
			if got := unmaskAll(maskNumbers(args)); !slices.Equal(got, args) {
				t.Errorf("%q comes back as %q", args, got)
			}
		}
		a := &App{In: strings.NewReader("[1]"), Cwd: "/nowhere/at/all"}
		v, err := parseArg(a, word)
		switch {
		case word == "@-":
			if err != nil || !reflect.DeepEqual(v, &value.Array{Items: []value.Value{1.0}}) {
				t.Errorf("%q is %v, %v", word, v, err)
			}
			return
		case strings.HasPrefix(word, "@@"):
			if err != nil || v != word[1:] {
				t.Errorf("%q is %v, %v", word, v, err)
			}
			return
		case strings.HasPrefix(word, "@") && word != "@":
			if err == nil {
				t.Errorf("%q is %v: no such file is there", word, v)
			}
			return
		case err != nil:
			t.Errorf("%q: %v", word, err)
			return
		}
		parsed, err := value.ParseJSON([]byte(word))
		if err != nil {
			if _, number := v.(float64); v != word && !(number && negative.MatchString(word)) { // -.5, which JSON doesn't write
				t.Errorf("%q is %v, not itself", word, v)
			}
			return
		}
		if !reflect.DeepEqual(v, parsed) {
			t.Errorf("%q is %v, want %v", word, v, parsed)
		}
		if infinite.MatchString(word) {
			return // 1e999 is Infinity, as in JavaScript, which prints it as null
		}
		text, err := value.AppendJSON(nil, v)
		if err != nil {
			t.Errorf("%q can't be printed: %v", word, err)
			return
		}
		if again := jsonOrString(string(text)); !reflect.DeepEqual(again, v) {
			t.Errorf("%q prints as %s, which is %v", word, text, again)
		}
	})
}
