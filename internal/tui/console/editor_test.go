package console

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// keys are presses as a terminal would tell them: <name> for those with a name.
func press(e *Editor, keys string) (last Action) {
	for keys != "" {
		if keys[0] == '<' {
			name, rest, _ := strings.Cut(keys[1:], ">")
			keys = rest
			last = e.Press(named(name))
			continue
		}
		r := []rune(keys)[0]
		keys = keys[len(string(r)):]
		last = e.Press(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return last
}

func named(name string) tea.KeyPressMsg {
	k := tea.KeyPressMsg{}
	for {
		mod, rest, ok := strings.Cut(name, "+")
		if !ok {
			break
		}
		k.Mod |= map[string]tea.KeyMod{"ctrl": tea.ModCtrl, "alt": tea.ModAlt, "shift": tea.ModShift}[mod]
		name = rest
	}
	codes := map[string]rune{"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEscape, "left": tea.KeyLeft, "right": tea.KeyRight,
		"up": tea.KeyUp, "down": tea.KeyDown, "home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete}
	if k.Code = codes[name]; k.Code == 0 {
		k.Code = []rune(name)[0]
	}
	return k
}

// shown is the input with | where the cursor is.
func shown(e *Editor) string { return e.Text()[:e.Cursor()] + "|" + e.Text()[e.Cursor():] }

func TestKeys(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]string{
		"abc":                               "abc|",
		"abc<left><left>x":                  "ax|bc",
		"abc<home>x<end>y":                  "xabcy|",
		"abc<ctrl+a>x<ctrl+e>y":             "xabcy|",
		"abc<backspace>":                    "ab|",
		"abc<home><delete>":                 "|bc",
		"abc<home><ctrl+d>":                 "|bc",
		"one two.three<alt+b><alt+b>":       "one |two.three",
		"one two<home><alt+f>":              "one| two",
		"one two<ctrl+left>x":               "one x|two",
		"one two.three<ctrl+w>":             "one |",
		"one two.three<alt+backspace>":      "one two.|",
		"one two<home><alt+d>":              "| two",
		"one two<ctrl+u>x<ctrl+y>":          "xone two|",
		"one<home><ctrl+k><ctrl+y><ctrl+y>": "oneone|",
		"日本<left><backspace>":               "|本",
		"e\u0301a<left><left><delete>":      "|a",
		"👩‍👩‍👧x<left><backspace>":           "|x",
		"f(<enter>1<enter>)":                "f(\n  1\n)|",
		"{<enter>[<enter>1<enter>]<enter>}": "{\n  [\n    1\n  ]\n}|",
		"a<alt+enter>b":                     "a\nb|",
		"ab<alt+enter>c<up>x":               "ax|b\nc",
		"ab<alt+enter>cdef<up><down>":       "ab\ncdef|",
		"a<alt+enter>b<left><backspace>":    "a|b",
		"<up>":                              "newest|",
		"<up><up>":                          "older|\ninput",
		"<up><up><up>":                      "oldest|",
		"<up><up><up><up>":                  "oldest|",
		"typed<up><down>":                   "typed|",
		"<ctrl+p><ctrl+p><ctrl+n>":          "newest|",
		"<ctrl+r>old":                       "|older\ninput",
		"<ctrl+r>old<ctrl+r>":               "|oldest",
		"x<ctrl+r>old<esc>":                 "x|",
		"<ctrl+r>new<right>!":               "n!|ewest",
		"<ctrl+r>none":                      "|newest",
	} {
		e := &Editor{}
		e.SetHistory([]string{"oldest", "older\ninput", "newest"}, 0)
		press(e, keys)
		if got := shown(e); got != want {
			t.Errorf("%s: %q, want %q", keys, got, want)
		}
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]Action{
		"1<enter>": Submit, "f(<enter>": None, "f(<enter><ctrl+c>": Interrupt, "<ctrl+d>": End, "a<ctrl+d>": None,
		"a<tab>": Complete, "f(<enter><tab>": None, "<ctrl+l>": Clear, "<ctrl+z>": Suspend, "<enter>": Submit, "1<ctrl+j>": Submit,
	} {
		if got := press(&Editor{}, keys); got != want {
			t.Errorf("%s: %d, want %d", keys, got, want)
		}
	}
}

func TestPasteKeepsLinesAndNothingThatATerminalObeys(t *testing.T) {
	t.Parallel()
	e := &Editor{}
	e.Paste("a\r\n\tb\x1b[2J\x07\r\n")
	if got := shown(e); got != "a\n  b[2J|" {
		t.Errorf("%q", got)
	}
}

func TestOffer(t *testing.T) {
	t.Parallel()
	options := func(words ...string) (out []inspect.ReplOption) {
		for _, w := range words {
			out = append(out, inspect.ReplOption{Text: w, Kind: "name"})
		}
		return out
	}
	for name, tt := range map[string]struct {
		typed   string
		from    int
		options []inspect.ReplOption
		keys    string
		want    string
	}{
		"one word is inserted":        {"a.inc", 2, options("increment"), "(", "a.increment(|"},
		"several as far as they go":   {"a.in", 2, options("increment", "incoming"), "", "a.inc|"},
		"Tab goes through them":       {"a.in", 2, options("increment", "incoming"), "<tab>", "a.increment|"},
		"and on":                      {"a.in", 2, options("increment", "incoming"), "<tab><tab>(", "a.incoming(|"},
		"and round":                   {"a.in", 2, options("increment", "incoming"), "<tab><tab><tab>", "a.increment|"},
		"back as well":                {"a.in", 2, options("increment", "incoming"), "<shift+tab>", "a.incoming|"},
		"Esc takes it back":           {"a.in", 2, options("increment", "incoming"), "<tab><esc>", "a.inc|"},
		"Enter takes it":              {"a.in", 2, options("increment", "incoming"), "<tab><enter>", "a.increment|"},
		"typing goes on":              {"a.in", 2, options("increment", "incoming"), "r", "a.incr|"},
		"none is none":                {"a.in", 2, nil, "<tab>", "a.in|"},
		"words of no common head":     {"", 0, options("x", "y"), "<tab>", "x|"},
		"not in the middle of a rune": {"", 0, options("é1", "è2"), "", "|"},
	} {
		e := &Editor{}
		e.Set(tt.typed)
		e.Offer(tt.typed, len(tt.typed), tt.from, tt.options)
		press(e, tt.keys)
		if got := shown(e); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	e := &Editor{}
	press(e, "ab")
	e.Offer("a", 1, 0, options("abc"))
	if got := shown(e); got != "ab|" {
		t.Errorf("an answer to what was typed before: %q", got)
	}
}

func TestViewPutsTheCursorWhereItIs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text          string
		at            int
		width, height int
		rows          string
		x, y          int
	}{
		{"abc", 3, 20, 5, "> abc", 5, 0},
		{"abc", 0, 20, 5, "> abc", 2, 0},
		{"", 0, 20, 5, "> ", 2, 0},
		{"abcdefgh", 8, 10, 5, "> abcdefgh/", 0, 1},
		{"abcdefgh", 7, 10, 5, "> abcdefgh", 9, 0},
		{"abcdefghij", 9, 10, 5, "> abcdefgh/ij", 1, 1},
		{"日本語日本", 15, 9, 5, "> 日本語/日本", 4, 1},
		{"f(\n  1", 6, 20, 5, "> f(/...   1", 7, 1},
		{"f(\n  1", 1, 20, 5, "> f(/...   1", 3, 0},
		{"a\nb\nc\nd\ne", 9, 20, 3, "... c/... d/... e", 5, 2},
		{"a\nb\nc\nd\ne", 0, 20, 3, "> a/... b/... c", 2, 0},
		{"x\x1by", 3, 20, 5, `> x\x1by`, 8, 0},
	} {
		e := &Editor{}
		e.Set(tt.text)
		e.at = tt.at
		rows, x, y := e.View("> ", tt.width, tt.height, Look{Safe: func(s string) string { return strings.ReplaceAll(s, "\x1b", `\x1b`) }})
		if got := strings.Join(rows, "/"); got != tt.rows || x != tt.x || y != tt.y {
			t.Errorf("%q at %d in %dx%d: %q %d,%d, want %q %d,%d", tt.text, tt.at, tt.width, tt.height, got, x, y, tt.rows, tt.x, tt.y)
		}
	}
}

func TestViewOfWordsFitsTheScreen(t *testing.T) {
	t.Parallel()
	var options []inspect.ReplOption
	for i := range 30 {
		options = append(options, inspect.ReplOption{Text: fmt.Sprintf("word%02d", i), Kind: "action", Detail: "(a: string, b: number, c: boolean)"})
	}
	for _, width := range []int{20, 60, 120} {
		e := &Editor{}
		e.Set("wo")
		e.Offer("wo", 2, 0, options)
		press(e, strings.Repeat("<tab>", 12))
		rows, _, _ := e.View("> ", width, 24, Look{})
		if len(rows) != 1+menuRows+1 || !strings.Contains(strings.Join(rows, "\n"), "> word11") {
			t.Errorf("%d columns:\n%s", width, strings.Join(rows, "\n"))
		}
		for _, r := range rows {
			if n := len([]rune(r)); n > width {
				t.Errorf("%d columns: %q has %d", width, r, n)
			}
		}
	}
}

// A history that was asked for before an input and comes after it lacks it.
func TestALateHistoryForgetsNothing(t *testing.T) {
	t.Parallel()
	var e Editor
	before := e.Entered()
	e.Remember("new")
	e.SetHistory([]string{"old"}, before)
	e.Press(named("up"))
	if e.Text() != "new" {
		t.Errorf("Up recalls %q", e.Text())
	}
	e.Press(named("up"))
	if e.Text() != "old" {
		t.Errorf("the second Up recalls %q", e.Text())
	}
}
