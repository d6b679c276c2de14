package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

func TestPlainLeavesNothingThatATerminalObeys(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"hello":             "hello",
		"日本 👩‍👩‍👧 e\u0301":  "日本 👩‍👩‍👧 e\u0301",
		"a\x1b[2Jb":         `a\x1b[2Jb`,
		"a\nb\tc\r":         `a\nb\tc\x0d`,
		"\u009b31m":         `\x9b31m`,
		"\xff":              `\xff`,
		"abc\u202edef":      `abc\u202edef`,
		"zero\u200bwidth":   `zero\u200bwidth`,
		"\ufeffbom\u2066x":  `\ufeffbom\u2066x`,
		"line\u2028and\x7f": `line\u2028and\x7f`,
	} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCellsKeepTheirColumns(t *testing.T) {
	t.Parallel()
	texts := []string{"", "a", "hello world", "日本語の部屋", "👩‍👩‍👧 family 🇩🇪", "שלום עולם", "cafe\u0301", strings.Repeat("長", 500), strings.Repeat("x", 9000)}
	for _, method := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
		p := paper{method}
		for _, s := range texts {
			for w := range 30 {
				for name, got := range map[string]string{"cell": p.cell(s, w), "right": p.right(s, w), "fit": p.fit("\x1b[1m"+s+"\x1b[m", w)} {
					if n := method.StringWidth(got); n != w {
						t.Errorf("%s(%q, %d) takes %d columns: %q", name, s, w, n, got)
					}
				}
			}
		}
	}
}

func TestArgumentsAreJSONOrWords(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                          `[]`,
		"5":                         `[5]`,
		"hello 5":                   `["hello",5]`,
		`"two words" x`:             `["two words","x"]`,
		`{"a": [1, 2]}  null`:       `[{"a":[1,2]},null]`,
		`["a b", "c\" d"] -3`:       `[["a b","c\" d"],-3]`,
		`it's`:                      `["it's"]`,
		`{"date": {"$date": 5}} up`: `[{"date":{"$date":5}},"up"]`,
	} {
		args, err := parseArgs(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		got, err := value.AppendJSON(nil, &value.Array{Items: args})
		if err != nil || string(got) != want {
			t.Errorf("parseArgs(%q) = %s %v, want %s", in, got, err, want)
		}
	}
	for _, in := range []string{`{"a":`, `[1, 2`, `"open`} {
		if _, err := parseArgs(in); err == nil {
			t.Errorf("%q is taken", in)
		}
	}
}

func TestACopiedCallIsWhatOneWouldType(t *testing.T) {
	t.Parallel()
	arg := func(vs ...value.Value) *inspect.Tagged { return &inspect.Tagged{Tree: &value.Array{Items: vs}} }
	for _, tt := range []struct {
		target client.Target
		args   *inspect.Tagged
		want   string
	}{
		{client.Target{Name: "counter", Key: []string{"a"}}, arg(5.0), "rivet call counter/a do 5"},
		{client.Target{Name: "game", Key: []string{"eu", "4 2"}}, arg("it's", "5", "-x"), `rivet call 'game/eu/4 2' do 'it'\''s' '"5"' '"-x"'`},
		{client.Target{Name: "a", Key: []string{"x/y"}}, nil, `rivet call 'a/x\/y' do`},
		{client.Target{Name: "a"}, arg(&value.Object{Keys: []string{"$date"}, Vals: []value.Value{5.0}}), `rivet call a do '{"$date":5}' --typed`},
	} {
		if got := callText(tt.target, "do", tt.args); got != tt.want {
			t.Errorf("callText(%v) = %s, want %s", tt.target, got, tt.want)
		}
	}
}

func TestEditsOverlapWhereBothChange(t *testing.T) {
	t.Parallel()
	op := func(op, path string) inspect.Patch { return inspect.Patch{{Op: op, Path: path}} }
	for _, tt := range []struct {
		a, b inspect.Patch
		want bool
	}{
		{op("replace", "/a"), op("replace", "/b"), false},
		{op("replace", "/a"), op("replace", "/ab"), false},
		{op("replace", "/a"), op("replace", "/a"), true},
		{op("replace", "/a/b"), op("replace", "/a"), true},
		{op("replace", "/a"), op("remove", "/a/b"), true},
		{op("replace", "/list/3"), op("add", "/list/0"), true}, // it is another item by now
		{op("add", "/list/-"), op("add", "/list/-"), true},
		{op("add", "/map/x"), op("add", "/map/y"), false},
		{op("replace", ""), op("replace", "/a"), true},
	} {
		if got := overlap(tt.a, tt.b) != ""; got != tt.want {
			t.Errorf("overlap(%v, %v) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestTheRateIsThatOfTheLastSeconds(t *testing.T) {
	t.Parallel()
	var r rate
	now := noon()
	action := func(n int) *update {
		u := &update{}
		for range n {
			u.entries = append(u.entries, inspect.Entry{Kind: inspect.KindAction}, inspect.Entry{Kind: inspect.KindEvent})
		}
		return u
	}
	r.add(now, &update{fresh: true, entries: action(50).entries}) // what was before doesn't count
	if r.moving(now) {
		t.Error("what was before counts")
	}
	for range rateOver {
		r.add(now, action(10))
		now = now.Add(time.Second)
	}
	if got := r.now(now); got != 10 {
		t.Errorf("%v a second, want 10", got)
	}
	dropped := action(10)
	dropped.dropped = 20 // entries, half of which are taken for actions
	r.add(now, dropped)
	if got := r.now(now.Add(time.Second)); got != 12.5 {
		t.Errorf("%v a second with those left out, want 12.5", got)
	}
	if later := now.Add(time.Minute); r.now(later) != 0 || r.moving(later) {
		t.Error("a minute later something still moves")
	}
}

func TestAStreamFollowsItsEndUntilTheCursorLeavesIt(t *testing.T) {
	t.Parallel()
	s := newStream(false)
	s.height = 10
	add := func(n int) { s.take(&update{entries: make([]inspect.Entry, n)}) }
	add(30)
	if s.cursor != 29 || s.top != 20 {
		t.Errorf("cursor %d top %d", s.cursor, s.top)
	}
	s.move(25)
	add(5)
	if s.cursor != 25 || s.follow {
		t.Errorf("cursor %d follow %v", s.cursor, s.follow)
	}
	s.move(34)
	add(maxLines)
	if s.cursor != maxLines-1 || len(s.lines) != maxLines {
		t.Errorf("cursor %d of %d", s.cursor, len(s.lines))
	}
	s.pause()
	add(maxLines + 7)
	s.pause()
	if s.lines[0].gap != 0 && s.lines[0].gap != 8 || len(s.lines) != maxLines {
		t.Errorf("after a pause: %d lines, the first stands for %d", len(s.lines), s.lines[0].gap)
	}
}

func TestATreeShowsLargeArraysInParts(t *testing.T) {
	t.Parallel()
	big := &value.Array{}
	for i := range 2500 {
		big.Items = append(big.Items, float64(i))
	}
	var tr tree
	tr.height = 10
	tr.set(stateData{tree: big}, true, nil, noon())
	if len(tr.rows) != 1+childrenAt+1 {
		t.Fatalf("%d rows", len(tr.rows))
	}
	tr.cursor = len(tr.rows) - 1
	tr.toggle()
	if len(tr.rows) != 1+2*childrenAt+1 || tr.rows[len(tr.rows)-1].more != 500 {
		t.Errorf("%d rows, %d more", len(tr.rows), tr.rows[len(tr.rows)-1].more)
	}
	tr.cursor = 3
	tr.fold() // to the row it is in
	if tr.cursor != 0 {
		t.Errorf("cursor %d", tr.cursor)
	}
	tr.fold()
	if len(tr.rows) != 1 {
		t.Errorf("%d rows when folded", len(tr.rows))
	}
}

func TestReadOnlyOffersNoChange(t *testing.T) {
	t.Parallel()
	m := newModel(Options{Now: noon})
	m.feed = newFeed(nil, nil)
	m.detail.id, m.focus = "a1", onDetail
	m.undo["a1"] = []inspect.Patch{{}}
	offers := func() (out []string) {
		for i := range m.keys {
			if c := &m.keys[i]; c.where&m.here() != 0 && m.possible(c) {
				out = append(out, c.help)
			}
		}
		return out
	}
	changes := func() (n int) {
		for _, o := range offers() {
			for _, word := range []string{"edit the value", "undo the", "call an action", "wake the", "put the actor", "restart the", "destroy the"} {
				if strings.HasPrefix(o, word) {
					n++
				}
			}
		}
		return n
	}
	if changes() != 7 {
		t.Errorf("a server that takes changes: %q", offers())
	}
	m.meta.ReadOnly = true
	if changes() != 0 {
		t.Errorf("a read-only server: %q", offers())
	}
}

func TestNoKeyMeansTwoThingsInAView(t *testing.T) {
	t.Parallel()
	m := newModel(Options{Now: noon})
	for _, view := range []where{inList, inState, inEvents, inLogs, inConns, inSchedule, inAbout, inBuild} {
		seen := map[string]string{}
		for i := range m.keys {
			c := &m.keys[i]
			if c.where&view == 0 {
				continue
			}
			for _, k := range c.keys {
				if old, ok := seen[k]; ok {
					t.Errorf("%q in view %b: %q and %q", k, view, old, c.help)
				}
				seen[k] = c.help
			}
		}
	}
}
