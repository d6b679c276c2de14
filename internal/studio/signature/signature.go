// Package signature reads what a function takes from its TypeScript source: the
// text of its parameters and of its result's annotation, and the comment above
// it. Types are dropped by the bundler and nothing here checks them: it is text,
// cut at a position that a source map gives.
//
// It is pure, takes any text, and its time is bounded by the text's length.
package signature

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Func is what a function's head says.
type Func struct {
	Name    string // under which it stands: a member's or its own; may be empty
	Params  []Param
	Returns string // the annotation of its result; may be empty
	Doc     string // the text of the JSDoc comment above it
	Line    int    // of Name, else of its head
}

// Param is one parameter.
type Param struct {
	Name     string // an identifier, or the text of a pattern
	Type     string // its annotation; may be empty
	Default  string // the text of its default; may be empty
	Optional bool   // it has a question mark or a default
	Rest     bool
}

// Text is the parameter as one would write it.
func (p Param) Text() string {
	s := p.Name
	if p.Rest {
		s = "..." + s
	}
	if p.Optional && p.Default == "" {
		s += "?"
	}
	if p.Type != "" {
		s += ": " + p.Type
	}
	if p.Default != "" {
		s += " = " + p.Default
	}
	return s
}

// File is a source that was split into tokens once. It belongs to one goroutine
// at a time.
type File struct {
	text   string
	tokens []token
	lines  []int // where each line begins
	vars   map[string]int
}

// MaxText is the longest source that is read; a longer one has no functions.
const MaxText = 4 << 20

// Parse splits a source.
func Parse(text string) *File {
	if len(text) > MaxText {
		text = ""
	}
	f := &File{text: text, lines: []int{0}}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	f.tokens = lex(text)
	return f
}

// offset is the place of a line and column, both from 1; columns are counted in
// UTF-16 units, as source maps do.
func (f *File) offset(line, col int) (int, bool) {
	if line < 1 || line > len(f.lines) {
		return 0, false
	}
	at := f.lines[line-1]
	for units := 1; units < col && at < len(f.text) && f.text[at] != '\n'; {
		r, w := utf8.DecodeRuneInString(f.text[at:])
		if units++; r > 0xffff {
			units++
		}
		at += w
	}
	return at, true
}

// values are the tokens with which the values of variables begin, by name.
func (f *File) values() map[string]int {
	if f.vars == nil {
		f.vars = map[string]int{}
		for i := range f.tokens {
			if f.is(i, "const", "let", "var") && f.is(i+2, "=") && i+3 < len(f.tokens) {
				f.vars[f.nameAt(i+1)] = i + 3
			}
		}
	}
	return f.vars
}

// line is the number of the line that has the offset.
func (f *File) line(at int) int {
	return sort.Search(len(f.lines), func(i int) bool { return f.lines[i] > at })
}

// token is the index of the first token at a position or behind it.
func (f *File) token(line, col int) (int, bool) {
	at, ok := f.offset(line, col)
	if !ok {
		return 0, false
	}
	i := sort.Search(len(f.tokens), func(i int) bool { return f.tokens[i].to > at })
	return i, i < len(f.tokens)
}

// Call is the extent of a call at a position, from its first token to its
// closing bracket; ok is false if there is none.
func (f *File) Call(line, col int) (c Call, ok bool) {
	i, ok := f.token(line, col)
	if !ok {
		return Call{}, false
	}
	s := scan{f: f, i: i}
	for n := 0; n < 8 && !s.is("("); n++ { // actor, then perhaps type arguments
		if s.is("<") && s.angle() {
			continue
		}
		s.i++
	}
	if !s.is("(") || !s.balanced() {
		return Call{}, false
	}
	return Call{f.line(f.tokens[i].from), f.line(f.tokens[s.i-1].from)}, true
}

// Call is the lines of a call, both included.
type Call struct{ From, To int }

// Has reports whether a line is in it.
func (c Call) Has(line int) bool { return line >= c.From && line <= c.To }

// Func is the function whose head, or the member that it is, begins at a
// position; ok is false if there is none.
func (f *File) Func(line, col int) (fn Func, ok bool) {
	i, ok := f.token(line, col)
	if !ok {
		return Func{}, false
	}
	s := scan{f: f, i: i}
	if fn, ok = s.function(); !ok {
		return Func{}, false
	}
	first := i
	if fn.Name == "" {
		fn.Name, first = f.nameBefore(i)
	}
	fn.Line = f.line(f.tokens[first].from)
	fn.Doc = f.docBefore(first)
	return fn, true
}

// nameBefore is what the function that begins at token i is called by: the
// member or variable that it is the value of.
func (f *File) nameBefore(i int) (name string, first int) {
	first = i
	at := i - 1
	for at >= 0 && (f.is(at, "async") || f.is(at, "(")) { // the head may have been mapped behind them
		at--
	}
	if at < 1 || !f.is(at, ":") && !f.is(at, "=") {
		return "", first
	}
	if name = f.nameAt(at - 1); name == "" {
		return "", first
	}
	return name, at - 1
}

func (f *File) nameAt(i int) string {
	t := f.tokens[i]
	switch text := f.text[t.from:t.to]; t.kind {
	case word, number:
		return text
	case str:
		return strings.Trim(text, `"'`)
	}
	return ""
}

// docBefore is the JSDoc comment above the declaration that token i is part of.
func (f *File) docBefore(i int) string {
	for {
		if d := f.tokens[i].doc; d != "" {
			return docText(d)
		}
		if i == 0 || !f.is(i-1, "export", "default", "const", "let", "var", "async", "function", "*", "public", "static", "readonly") {
			return ""
		}
		i--
	}
}

func (f *File) is(i int, texts ...string) bool {
	if i < 0 || i >= len(f.tokens) {
		return false
	}
	t := f.tokens[i]
	if t.kind != word && t.kind != punct {
		return false
	}
	for _, text := range texts {
		if f.text[t.from:t.to] == text {
			return true
		}
	}
	return false
}

// docText is a JSDoc comment without its stars.
func docText(comment string) string {
	s := strings.TrimSuffix(strings.TrimPrefix(comment, "/**"), "*/")
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if i > 0 {
			l = strings.TrimPrefix(l, "*")
			l = strings.TrimPrefix(l, " ")
		}
		lines[i] = strings.TrimRight(l, " \t\r")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
