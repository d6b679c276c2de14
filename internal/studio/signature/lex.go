package signature

import "strings"

type kind uint8

const (
	word   kind = iota // identifiers and keywords
	str                // "…" and '…'
	tmpl               // `…`, whole, with what stands in ${}
	number             // 1, 0x1f, 1n
	regex              // /…/
	punct              // all else
)

// token is text[from:to]. doc is the JSDoc comment that stands right before it,
// "" if another token or comment comes between.
type token struct {
	kind     kind
	from, to int
	doc      string
}

// lexer splits TypeScript into tokens. Whatever the text, it moves on with each
// step, and what is open at the end ends there.
type lexer struct {
	text string
	at   int
	out  []token
	doc  string
}

func lex(text string) []token {
	l := &lexer{text: text}
	for l.at < len(text) {
		l.next()
	}
	return l.out
}

func (l *lexer) next() {
	from := l.at
	c := l.text[from]
	switch {
	case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		l.at++
		return
	case l.has("//") || from == 0 && l.has("#!"):
		l.to("\n")
		return
	case l.has("/*"):
		l.to("*/")
		if strings.HasPrefix(l.text[from:l.at], "/**") {
			l.doc = l.text[from:l.at]
		}
		return
	case c == '"' || c == '\'':
		l.quoted(c)
		l.emit(str, from)
	case c == '`':
		l.template()
		l.emit(tmpl, from)
	case c >= '0' && c <= '9' || c == '.' && from+1 < len(l.text) && digit(l.text[from+1]):
		for l.at++; l.at < len(l.text) && (inWord(l.text[l.at]) || l.text[l.at] == '.'); l.at++ {
		}
		l.emit(number, from)
	case inWord(c) || c == '#' || c == '@' || c == '\\':
		for l.at++; l.at < len(l.text) && inWord(l.text[l.at]); l.at++ {
		}
		l.emit(word, from)
	case c == '/' && l.value():
		l.regexp()
		l.emit(regex, from)
	case l.has("=>") || l.has("?.") || l.has("**") || l.has("&&") || l.has("||") || l.has("??") || l.has("==") || l.has("!=") || l.has("<=") || l.has(">="):
		l.at += 2
		l.emit(punct, from)
	case l.has("..."):
		l.at += 3
		l.emit(punct, from)
	default:
		l.at++
		l.emit(punct, from)
	}
}

func (l *lexer) emit(k kind, from int) {
	l.out = append(l.out, token{kind: k, from: from, to: l.at, doc: l.doc})
	l.doc = ""
}

func (l *lexer) has(s string) bool { return strings.HasPrefix(l.text[l.at:], s) }

// to moves behind the next end, or to the end of the text.
func (l *lexer) to(end string) {
	from := min(l.at+2, len(l.text))
	if i := strings.Index(l.text[from:], end); i >= 0 {
		l.at = from + i + len(end)
	} else {
		l.at = len(l.text)
	}
}

// quoted moves behind a string; a line's end ends it too.
func (l *lexer) quoted(q byte) {
	for l.at++; l.at < len(l.text); l.at++ {
		switch l.text[l.at] {
		case '\\':
			l.at++
		case q:
			l.at++
			return
		case '\n':
			return
		}
	}
	l.at = min(l.at, len(l.text))
}

// template moves behind a template; those in ${…} are part of it. It keeps the
// places it must come back to itself, so that no nesting can exhaust the stack.
func (l *lexer) template() {
	var open []int // braces that are open in each ${}
	inText := true
	for l.at++; l.at < len(l.text); l.at++ {
		c := l.text[l.at]
		switch {
		case inText && c == '\\':
			l.at++
		case inText && c == '`':
			if len(open) == 0 {
				l.at++
				return
			}
			inText = false
		case inText && l.has("${"):
			open, inText = append(open, 0), false
			l.at++
		case inText:
		case c == '`':
			inText = true
		case c == '"' || c == '\'':
			l.quoted(c)
			l.at--
		case c == '{':
			open[len(open)-1]++
		case c == '}' && open[len(open)-1] > 0:
			open[len(open)-1]--
		case c == '}':
			open, inText = open[:len(open)-1], true
		}
	}
	l.at = min(l.at, len(l.text))
}

// value reports whether a value may begin here, so that a slash begins a regular
// expression and doesn't divide.
func (l *lexer) value() bool {
	if len(l.out) == 0 {
		return true
	}
	last := l.out[len(l.out)-1]
	t := l.text[last.from:last.to]
	switch last.kind {
	case word:
		switch t {
		case "return", "typeof", "case", "in", "of", "do", "else", "void", "delete", "throw", "new", "await", "yield", "instanceof":
			return true
		}
		return false
	case punct:
		return t != ")" && t != "]" && t != "}"
	}
	return false
}

func (l *lexer) regexp() {
	from, class := l.at, false
	for l.at++; l.at < len(l.text); l.at++ {
		switch c := l.text[l.at]; {
		case c == '\\':
			l.at++
		case c == '\n':
			l.at = from + 1 // it was none
			return
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			for l.at++; l.at < len(l.text) && inWord(l.text[l.at]); l.at++ {
			}
			return
		}
	}
	l.at = from + 1
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func inWord(c byte) bool {
	return c == '_' || c == '$' || digit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
