package repl

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Unfinished reports whether an input goes on on the next line: a bracket, a
// template or a comment is open, or it ends with an operator that needs an
// operand. A dot-command never does. What is merely wrong is finished: the
// server says what is wrong with it.
func Unfinished(code string) bool {
	if t := strings.TrimSpace(code); t == "" || isCommand(t) {
		return false
	}
	s := scan{text: code}
	return s.run()
}

// isCommand reports whether an input is a dot-command.
func isCommand(t string) bool {
	return len(t) > 1 && t[0] == '.' && (t[1]|0x20 >= 'a' && t[1]|0x20 <= 'z')
}

// scan reads just as much of JavaScript as tells brackets from text.
type scan struct {
	text string
	at   int
	open []byte // brackets; '`' for ${ of a template
	// last is the token before, as far as it tells an operand from an operator.
	last    string
	before  string   // the token before last
	heads   []string // what stands before each open (: if, for, function
	head    string   // of the ) that was closed last
	fn      bool     // there was the word function, and no ( since
	do      bool     // there is a do, whose while ends a statement
	operand bool     // last ends an operand
}

// run reports whether the text is unfinished.
func (s *scan) run() bool {
	for s.at < len(s.text) {
		if open, bad := s.next(); open {
			return true
		} else if bad {
			return false
		}
	}
	return len(s.open) > 0 || s.dangling()
}

// dangling reports whether the last token waits for an operand.
func (s *scan) dangling() bool {
	switch {
	case s.last == "":
		return false
	case s.last == ")":
		return s.head != "" && (s.head != "while" || !s.do) // if (x), function f()
	case s.operand:
		return s.before == "class" || s.before == "extends"
	}
	switch s.last {
	case ";", "}", "++", "--", "]":
		return false
	case ":":
		return false // a label, or a mistake
	case "typeof", "instanceof", "in", "of", "new", "await", "delete", "void", "throw", "extends", "case", "else", "do", "try", "finally":
		return true
	}
	return strings.HasSuffix(s.last, "=>") || strings.ContainsAny(s.last[len(s.last)-1:], "+-*/%=<>&|^?,.!~")
}

// next takes one token. open: it has no end. bad: the text is wrong.
func (s *scan) next() (open, bad bool) {
	c := s.text[s.at]
	switch {
	case c == '"' || c == '\'':
		return false, !s.quoted(c)
	case c == '`':
		s.at++
		return s.template(), false
	case strings.HasPrefix(s.text[s.at:], "//"):
		if n := strings.IndexByte(s.text[s.at:], '\n'); n >= 0 {
			s.at += n + 1
		} else {
			s.at = len(s.text)
		}
	case strings.HasPrefix(s.text[s.at:], "/*"):
		n := strings.Index(s.text[s.at+2:], "*/")
		if n < 0 {
			return true, false
		}
		s.at += n + 4
	case c == '/' && !s.operand:
		return false, !s.regexp()
	case c == '(' || c == '[' || c == '{':
		s.open = append(s.open, c)
		if c == '(' {
			s.heads = append(s.heads, s.headOf())
		}
		s.take(1, false)
	case c == ')' || c == ']' || c == '}':
		return s.closing(c)
	case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		s.at++
	case c >= '0' && c <= '9' || c == '_' || c == '$' || c == '#' || c == '@' || c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z':
		s.word()
	default:
		s.operator()
	}
	return false, false
}

func (s *scan) take(n int, operand bool) {
	s.before, s.last, s.operand = s.last, s.text[s.at:s.at+n], operand
	s.at += n
}

// headOf is the keyword that a ( belongs to, after which a statement or a body
// has to come; "" for all others.
func (s *scan) headOf() string {
	switch s.last {
	case "if", "for", "while", "with", "switch", "catch":
		return s.last
	}
	if s.fn || s.last == "await" && s.before == "for" {
		s.fn = false
		return "function"
	}
	return ""
}

// closing takes a closing bracket, which may end the ${ of a template.
func (s *scan) closing(c byte) (open, bad bool) {
	if len(s.open) == 0 {
		return false, true
	}
	o := s.open[len(s.open)-1]
	s.open = s.open[:len(s.open)-1]
	switch {
	case o == '`' && c == '}':
		s.at++
		return s.template(), false
	case o == '(' && c == ')':
		s.head, s.heads = s.heads[len(s.heads)-1], s.heads[:len(s.heads)-1]
		s.take(1, true)
	case o == '[' && c == ']':
		s.take(1, true)
	case o == '{' && c == '}':
		s.take(1, false) // a block or an object: / after it begins a regexp
		s.operand = true
	default:
		return false, true
	}
	return false, false
}

// quoted takes a string; false: it doesn't end on its line.
func (s *scan) quoted(q byte) bool {
	for s.at++; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case q:
			s.at++
			s.last, s.operand = "string", true
			return true
		case '\\':
			s.at++
		case '\n':
			return false
		}
	}
	return false
}

// template takes the text of a template up to its end or to ${; true: there is neither.
func (s *scan) template() bool {
	for ; s.at < len(s.text); s.at++ {
		switch {
		case s.text[s.at] == '\\':
			s.at++
		case s.text[s.at] == '`':
			s.at++
			s.last, s.operand = "template", true
			return false
		case strings.HasPrefix(s.text[s.at:], "${"):
			s.open = append(s.open, '`')
			s.at += 2
			s.last, s.operand = "${", false
			return false
		}
	}
	return true
}

// regexp takes a regular expression; false: it doesn't end on its line.
func (s *scan) regexp() bool {
	class := false
	for s.at++; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '\\':
			s.at++
		case c == '\n':
			return false
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			s.at++
			s.last, s.operand = "regexp", true
			return true
		}
	}
	return false
}

// word takes a name, keyword or number.
func (s *scan) word() {
	from := s.at
	for s.at < len(s.text) {
		r, n := utf8.DecodeRuneInString(s.text[s.at:])
		if r != '_' && r != '$' && r != '#' && r != '@' && r != 0x200c && r != 0x200d && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			if r < 0x80 || unicode.IsSpace(r) {
				break
			}
		}
		s.at += n
	}
	if s.at == from { // a blank beyond ASCII
		_, n := utf8.DecodeRuneInString(s.text[s.at:])
		s.at += n
		return
	}
	s.before, s.last, s.operand = s.last, s.text[from:s.at], true
	s.do, s.fn = s.do || s.last == "do", s.fn || s.last == "function"
	switch s.last {
	case "try", "finally", "return", "typeof", "instanceof", "in", "of", "new", "await", "yield", "delete", "void", "throw", "case", "do", "else", "extends":
		s.operand = false
	}
}

// operator takes punctuation, the longest that there is.
func (s *scan) operator() {
	for _, op := range []string{">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=",
		"=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**"} {
		if strings.HasPrefix(s.text[s.at:], op) {
			s.take(len(op), s.operand && (op == "++" || op == "--"))
			return
		}
	}
	s.take(1, s.text[s.at] == '!' && s.operand) // x! is TypeScript's
}
