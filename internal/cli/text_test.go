package cli

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/rivetdev/rivet/internal/tui/safe"
)

func TestSafeLeavesNothingForATerminalToDo(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, want string }{
		"plain text stays":             {"grün 日本 👍\n\tx", "grün 日本 👍\n\tx"},
		"escape sequences are shown":   {"a\x1b[31mb\x07", `a\x1b[31mb\x07`},
		"carriage returns too":         {"visible\rhidden", `visible\x0dhidden`},
		"C1 in UTF-8":                  {"a\u009bb", `a\x9bb`},
		"bidirectional overrides":      {"a\u202eb\u2066c", `a\u202eb\u2066c`},
		"bytes that are no UTF-8":      {"a\x9b\xffb", `a\x9b\xffb`},
		"the replacement letter stays": {"a\ufffdb", "a\ufffdb"},
		"delete":                       {"\x7f", `\x7f`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := safe.Text(tt.in); got != tt.want {
				t.Errorf("safe.Text(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("a\x1b]0;title\x07\u202e\xc2")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range safe.Text(s) {
			if safe.Dangerous(r) {
				t.Fatalf("safe.Text(%q) lets %U through", s, r)
			}
		}
	})
}

func TestJSONOnATerminalStaysJSON(t *testing.T) {
	t.Parallel()
	in := map[string]any{"key\u202e": []any{"a\u009b\"q\\", 1.5, true, nil, map[string]any{}}}
	var b bytes.Buffer
	if err := writeJSON(&b, in, true, true, false); err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(b.Bytes(), &out); err != nil {
		t.Fatalf("%v: %s", err, b.Bytes())
	}
	again, _ := json.Marshal(out)
	want, _ := json.Marshal(in)
	if !bytes.Equal(again, want) || bytes.ContainsAny(b.Bytes(), "\u202e\u009b") {
		t.Errorf("got %s, want %s", again, want)
	}
}

func TestPaintedJSONIsTheSameWithoutItsColours(t *testing.T) {
	t.Parallel()
	text := []byte("{\n  \"a\\\"b\": [1, -2.5e3, true, null, \"x: \\\\\"],\n  \"c\": {}\n}")
	painted := paintJSON(text)
	plain := bytes.ReplaceAll(painted, []byte("\x1b[0m"), nil)
	for _, c := range []string{"32", "33", "36"} {
		if !bytes.Contains(painted, []byte("\x1b["+c+"m")) {
			t.Errorf("colour %s is missing: %q", c, painted)
		}
		plain = bytes.ReplaceAll(plain, []byte("\x1b["+c+"m"), nil)
	}
	if !bytes.Equal(plain, text) {
		t.Errorf("got %s, want %s", plain, text)
	}
}

func TestColour(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		flag string
		env  map[string]string
		tty  bool
		want bool
	}{
		"a terminal has colours":        {"auto", nil, true, true},
		"a pipe has none":               {"auto", nil, false, false},
		"always":                        {"always", map[string]string{"NO_COLOR": "1"}, false, true},
		"never":                         {"never", map[string]string{"FORCE_COLOR": "1"}, true, false},
		"NO_COLOR":                      {"auto", map[string]string{"NO_COLOR": "1"}, true, false},
		"an empty NO_COLOR is none":     {"auto", map[string]string{"NO_COLOR": ""}, true, true},
		"FORCE_COLOR":                   {"auto", map[string]string{"FORCE_COLOR": "1"}, false, true},
		"FORCE_COLOR=0":                 {"auto", map[string]string{"FORCE_COLOR": "0"}, true, false},
		"NO_COLOR before FORCE_COLOR":   {"auto", map[string]string{"NO_COLOR": "1", "FORCE_COLOR": "1"}, true, false},
		"TERM=dumb":                     {"auto", map[string]string{"TERM": "dumb"}, true, false},
		"FORCE_COLOR before TERM=dumb ": {"auto", map[string]string{"TERM": "dumb", "FORCE_COLOR": "1"}, true, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &App{env: tt.env, global: globals{color: tt.flag}}
			if got := a.colored(tt.tty); got != tt.want {
				t.Errorf("colour = %v, want %v", got, tt.want)
			}
		})
	}
}
