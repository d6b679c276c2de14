// Package console is the REPL at a terminal: an [Editor] for inputs of one or
// more lines, which knows nothing but keys and columns, and [Run], which has it
// stand at the bottom of a terminal with results and events above. The terminal
// interface puts the same Editor into a pane.
//
// An Editor belongs to one goroutine.
package console

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/rivetdev/rivet/internal/client/repl"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// Action is what a key asks of whoever has the Editor.
type Action uint8

// The actions.
const (
	None      Action = iota
	Submit           // the input is whole: take it
	Interrupt        // Ctrl-C
	End              // Ctrl-D on an empty input
	Complete         // Tab: ask for words, then Offer
	Clear            // Ctrl-L
	Suspend          // Ctrl-Z
)

// Editor is an input that is being typed, with recall and completion. Its zero
// value is ready.
type Editor struct {
	text    string
	at      int // byte of text that the cursor is before
	column  int // that up and down aim at, -1: the cursor's own
	killed  string
	history []string // oldest first
	entered []string // what was remembered here
	back    int      // how far back in history, 0: the new input
	draft   string   // the new input, while back > 0
	search  *search
	menu    *menu
}

// search is Ctrl-R: history that contains what is typed.
type search struct {
	word   string
	found  int // index into history, -1: nothing
	before string
	at     int
}

// menu is words to choose from.
type menu struct {
	from    int // byte that they stand from
	rest    string
	options []inspect.ReplOption
	chosen  int    // -1: none yet
	typed   string // what they replace
}

// Text is the input.
func (e *Editor) Text() string { return e.text }

// Cursor is the byte of the input that the cursor is before.
func (e *Editor) Cursor() int { return e.at }

// Set replaces the input, with the cursor at its end.
func (e *Editor) Set(text string) {
	e.text, e.at, e.column, e.back, e.menu, e.search = text, len(text), -1, 0, nil, nil
}

// Entered is how many inputs have been remembered: whoever reads the history
// notes it before, and gives it to SetHistory.
func (e *Editor) Entered() int { return len(e.entered) }

// SetHistory sets what Up and Ctrl-R recall, oldest first: a list that was read
// when entered inputs had been remembered, and those that came since.
func (e *Editor) SetHistory(items []string, entered int) {
	if e.back > 0 || e.search != nil {
		return
	}
	e.history = items
	for _, text := range e.entered[entered:] {
		e.add(text)
	}
}

// Remember adds an input to the history.
func (e *Editor) Remember(text string) {
	e.entered = append(e.entered, text)
	e.add(text)
}

func (e *Editor) add(text string) {
	if n := len(e.history); n > 0 && e.history[n-1] == text {
		return
	}
	e.history = append(e.history[:len(e.history):len(e.history)], text)
}

// Paste inserts text as it is, but for what a terminal would obey.
func (e *Editor) Paste(text string) {
	e.accept()
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	text = strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, text)
	e.insert(strings.TrimRight(strings.ReplaceAll(text, "\t", "  "), "\n"))
}

func (e *Editor) insert(s string) {
	e.text = e.text[:e.at] + s + e.text[e.at:]
	e.at += len(s)
	e.column = -1
}

// accept leaves menu and search with what they have come to.
func (e *Editor) accept() { e.menu, e.search = nil, nil }

// Press takes a key.
func (e *Editor) Press(k tea.KeyPressMsg) Action {
	name := k.String()
	if e.search != nil && e.searching(name, k) {
		return None
	}
	if e.menu != nil {
		if done, taken := e.choosing(name); taken {
			return None
		} else if done {
			e.menu = nil
		}
	}
	if a, ok := e.command(name); ok {
		return a
	}
	if edit := edits[name]; edit != nil {
		edit(e)
		return None
	}
	if k.Text != "" && k.Mod&^(tea.ModShift|tea.ModCapsLock|tea.ModNumLock) == 0 {
		from := e.lineStart(e.at)
		if line := e.text[from:e.at]; strings.Contains("}])", k.Text) && len(line) > 1 && strings.TrimSpace(line) == "" {
			e.remove(e.at-2, e.at) // a closing bracket stands as far left as what it closes
		}
		e.insert(k.Text)
	}
	return None
}

// command is what a key does beside editing.
func (e *Editor) command(name string) (Action, bool) {
	switch name {
	case "enter", "kpenter", "ctrl+j": // typed before the terminal was ours, Enter is Ctrl-J
		if repl.Unfinished(e.text) && e.at == len(e.text) || repl.Unfinished(e.text) && strings.Contains(e.text, "\n") {
			e.newline()
			return None, true
		}
		return Submit, true
	case "ctrl+c":
		e.accept()
		return Interrupt, true
	case "ctrl+d":
		if e.text == "" {
			return End, true
		}
		e.remove(e.at, e.next(e.at))
		return None, true
	case "tab":
		if line := e.text[e.lineStart(e.at):e.at]; strings.TrimSpace(line) == "" && e.at > 0 {
			e.insert("  ")
			return None, true
		}
		return Complete, true
	case "ctrl+l":
		return Clear, true
	case "ctrl+z":
		return Suspend, true
	}
	return None, false
}

// edits are the keys that change the input or move in it.
var edits = map[string]func(*Editor){
	"left": func(e *Editor) { e.move(e.prev(e.at)) }, "ctrl+b": func(e *Editor) { e.move(e.prev(e.at)) },
	"right": func(e *Editor) { e.move(e.next(e.at)) }, "ctrl+f": func(e *Editor) { e.move(e.next(e.at)) },
	"alt+left": func(e *Editor) { e.move(e.wordLeft()) }, "ctrl+left": func(e *Editor) { e.move(e.wordLeft()) }, "alt+b": func(e *Editor) { e.move(e.wordLeft()) },
	"alt+right": func(e *Editor) { e.move(e.wordRight()) }, "ctrl+right": func(e *Editor) { e.move(e.wordRight()) }, "alt+f": func(e *Editor) { e.move(e.wordRight()) },
	"home": func(e *Editor) { e.move(e.lineStart(e.at)) }, "ctrl+a": func(e *Editor) { e.move(e.lineStart(e.at)) },
	"end": func(e *Editor) { e.move(e.lineEnd(e.at)) }, "ctrl+e": func(e *Editor) { e.move(e.lineEnd(e.at)) },
	"ctrl+home": func(e *Editor) { e.move(0) }, "ctrl+end": func(e *Editor) { e.move(len(e.text)) },
	"up": func(e *Editor) { e.vertical(-1) }, "down": func(e *Editor) { e.vertical(1) },
	"ctrl+p": func(e *Editor) { e.recall(1) }, "ctrl+n": func(e *Editor) { e.recall(-1) },
	"backspace": func(e *Editor) { e.remove(e.prev(e.at), e.at) }, "ctrl+h": func(e *Editor) { e.remove(e.prev(e.at), e.at) },
	"delete": func(e *Editor) { e.remove(e.at, e.next(e.at)) },
	"ctrl+w": func(e *Editor) { e.kill(e.blankLeft(), e.at) }, "alt+backspace": func(e *Editor) { e.kill(e.wordLeft(), e.at) },
	"alt+d":  func(e *Editor) { e.kill(e.at, e.wordRight()) },
	"ctrl+u": func(e *Editor) { e.kill(e.lineStart(e.at), e.at) }, "ctrl+k": func(e *Editor) { e.kill(e.at, e.lineEnd(e.at)) },
	"ctrl+y":    func(e *Editor) { e.insert(e.killed) },
	"alt+enter": (*Editor).newline, "shift+enter": (*Editor).newline,
	"ctrl+r": func(e *Editor) { e.search = &search{found: -1, before: e.text, at: e.at} },
	"esc":    func(e *Editor) {},
}

func (e *Editor) move(at int) { e.at, e.column = at, -1 }

func (e *Editor) remove(from, to int) {
	e.text = e.text[:from] + e.text[to:]
	e.move(from)
}

func (e *Editor) kill(from, to int) {
	if from < to {
		e.killed = e.text[from:to]
		e.remove(from, to)
	}
}

// newline breaks the line; the next is indented like this one, and more behind
// an open bracket.
func (e *Editor) newline() {
	line := e.text[e.lineStart(e.at):e.at]
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	if t := strings.TrimRight(line, " "); t != "" && strings.ContainsRune("{[(", rune(t[len(t)-1])) {
		indent += "  "
	}
	e.insert("\n" + indent)
}

// next and prev are the ends of what is shown as one character.
func (e *Editor) next(at int) int {
	if at >= len(e.text) {
		return at
	}
	cluster, _ := ansi.FirstGraphemeCluster(e.text[at:], ansi.GraphemeWidth)
	return at + max(len(cluster), 1)
}

func (e *Editor) prev(at int) int {
	from := e.lineStart(at)
	if from == at {
		return max(at-1, 0)
	}
	for {
		if n := e.next(from); n < at {
			from = n
			continue
		}
		return from
	}
}

func (e *Editor) lineStart(at int) int { return strings.LastIndexByte(e.text[:at], '\n') + 1 }

func (e *Editor) lineEnd(at int) int {
	if n := strings.IndexByte(e.text[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(e.text)
}

func wordRune(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func (e *Editor) wordLeft() int {
	head := strings.TrimRightFunc(e.text[:e.at], func(r rune) bool { return !wordRune(r) })
	return len(strings.TrimRightFunc(head, wordRune))
}

func (e *Editor) wordRight() int {
	tail := strings.TrimLeftFunc(e.text[e.at:], func(r rune) bool { return !wordRune(r) })
	return len(e.text) - len(strings.TrimLeftFunc(tail, wordRune))
}

// blankLeft is the beginning of the blank-separated word before the cursor.
func (e *Editor) blankLeft() int {
	head := strings.TrimRightFunc(e.text[:e.at], unicode.IsSpace)
	return len(strings.TrimRightFunc(head, func(r rune) bool { return !unicode.IsSpace(r) }))
}

// vertical moves between lines, and beyond the first or last through history.
func (e *Editor) vertical(by int) {
	start, end := e.lineStart(e.at), e.lineEnd(e.at)
	if by < 0 && start == 0 {
		e.recall(1)
		return
	}
	if by > 0 && end == len(e.text) {
		e.recall(-1)
		return
	}
	if e.column < 0 {
		e.column = utf8.RuneCountInString(e.text[start:e.at])
	}
	column := e.column
	from := end + 1
	if by < 0 {
		from = e.lineStart(start - 1)
	}
	line := e.text[from:e.lineEnd(from)]
	at := from
	for n := 0; n < column && at < from+len(line); n++ {
		_, w := utf8.DecodeRuneInString(e.text[at:])
		at += w
	}
	e.at, e.column = at, column
}

// recall goes back in history, or forward again.
func (e *Editor) recall(by int) {
	to := e.back + by
	if to < 0 || to > len(e.history) {
		return
	}
	if e.back == 0 {
		e.draft = e.text
	}
	e.back = to
	e.text = e.draft
	if to > 0 {
		e.text = e.history[len(e.history)-to]
	}
	e.move(len(e.text))
	if by > 0 && strings.Contains(e.text, "\n") {
		e.move(e.lineEnd(0)) // so that Up goes on to what is older
	}
}

// searching takes a key of Ctrl-R; false: the key ends the search and means itself.
func (e *Editor) searching(name string, k tea.KeyPressMsg) bool {
	s := e.search
	switch {
	case name == "ctrl+r":
		e.find(s.found - 1)
	case name == "backspace" || name == "ctrl+h":
		if s.word != "" {
			_, w := utf8.DecodeLastRuneInString(s.word)
			s.word = s.word[:len(s.word)-w]
			e.find(len(e.history) - 1)
		}
	case name == "ctrl+g" || name == "esc" || name == "ctrl+c":
		e.Set(s.before)
		e.at = s.at
	case k.Text != "" && k.Mod&^(tea.ModShift|tea.ModCapsLock|tea.ModNumLock) == 0:
		s.word += k.Text
		from := s.found
		if from < 0 {
			from = len(e.history) - 1
		}
		e.find(from)
	default:
		e.search = nil
		return false
	}
	return true
}

// find looks for the search's word in history, from an entry on to older ones.
func (e *Editor) find(from int) {
	s := e.search
	if from < 0 && s.found < 0 {
		from = len(e.history) - 1
	}
	for i := min(from, len(e.history)-1); i >= 0; i-- {
		if at := strings.Index(e.history[i], s.word); at >= 0 && s.word != "" {
			s.found, e.text = i, e.history[i]
			e.move(at)
			return
		}
	}
}
