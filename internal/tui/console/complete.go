package console

import (
	"strings"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// Offer gives the words that may stand from a byte of the input to the cursor;
// text and at are what they were asked for. One word is inserted, several as
// far as they agree; then there is a menu.
func (e *Editor) Offer(text string, at, from int, options []inspect.ReplOption) {
	if e.text != text || e.at != at || from > at || len(options) == 0 {
		return // the user has typed on
	}
	typed := e.text[from:at]
	common := options[0].Text
	for _, o := range options {
		for !strings.HasPrefix(o.Text, common) {
			common = common[:len(common)-1]
		}
	}
	common = strings.ToValidUTF8(common, "")
	if len(options) == 1 || len(common) > len(typed) && strings.HasPrefix(common, typed) {
		e.replace(from, at, common)
		if len(options) == 1 {
			return
		}
		typed = common
	}
	e.menu = &menu{from: from, rest: e.text[e.at:], options: options, chosen: -1, typed: typed}
}

func (e *Editor) replace(from, to int, by string) {
	e.text = e.text[:from] + by + e.text[to:]
	e.move(from + len(by))
}

// choosing takes a key of the menu: taken, or done with the menu.
func (e *Editor) choosing(name string) (done, taken bool) {
	m := e.menu
	switch name {
	case "tab", "down":
		e.choose(m.chosen + 1)
	case "shift+tab", "up":
		if m.chosen < 0 {
			m.chosen = len(m.options)
		}
		e.choose(m.chosen - 1)
	case "esc":
		e.replace(m.from, len(e.text)-len(m.rest), m.typed)
		e.menu = nil
	case "enter":
		e.menu = nil
		return true, m.chosen >= 0 // a chosen word is taken, no more
	default:
		return true, false
	}
	return false, true
}

func (e *Editor) choose(n int) {
	m := e.menu
	n = (n + len(m.options)) % len(m.options)
	m.chosen = n
	e.replace(m.from, len(e.text)-len(m.rest), m.options[n].Text)
}

// Open reports whether a menu or a search is open, so that Esc closes it.
func (e *Editor) Open() bool { return e.menu != nil || e.search != nil }
