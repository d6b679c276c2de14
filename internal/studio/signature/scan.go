package signature

import "strings"

// maxDepth bounds how deep types may nest; deeper ones are no function's.
const maxDepth = 64

// scan reads tokens forwards.
type scan struct {
	f     *File
	i     int
	depth int
}

func (s *scan) is(texts ...string) bool { return s.f.is(s.i, texts...) }

func (s *scan) kind(k kind) bool { return s.i < len(s.f.tokens) && s.f.tokens[s.i].kind == k }

func (s *scan) take(texts ...string) bool {
	if s.is(texts...) {
		s.i++
		return true
	}
	return false
}

// text is the source of tokens from…s.i on one line: without comments, without
// the commas that stand before a closing bracket, and where it was broken over
// lines, spaced as one would write it.
func (s *scan) text(from int) string {
	var b strings.Builder
	end := min(s.i, len(s.f.tokens))
	last := -1
	for i := from; i < end; i++ {
		if i+1 < end && s.f.is(i, ",", ";") && s.f.is(i+1, ")", "]", "}", ">") {
			continue
		}
		t := s.f.tokens[i]
		if last >= 0 && s.spaced(last, i) {
			b.WriteByte(' ')
		}
		b.WriteString(strings.ReplaceAll(s.f.text[t.from:t.to], "\n", " "))
		last = i
	}
	return b.String()
}

// spaced reports whether a space stands between the tokens a and b.
func (s *scan) spaced(a, b int) bool {
	gap := s.f.text[s.f.tokens[a].to:s.f.tokens[b].from]
	if !strings.Contains(gap, "\n") {
		return strings.ContainsAny(gap, " \t") || b > a+1 && s.f.is(b, "}")
	}
	return !s.f.is(a, "(", "[", "<") && !s.f.is(b, ")", "]", ">")
}

// function reads a function's head at s.i: a declaration, an expression, an
// arrow, a method, or the member or variable that is one.
func (s *scan) function() (fn Func, ok bool) {
	for s.take("export", "default", "const", "let", "var", "public", "static", "readonly") {
	}
	for range 3 { // a: b: c: is no function's head
		start := s.i
		if s.take("async") && s.is(":", "=", "(", "<") && !s.arrowFollows() {
			s.i = start // a member of that name
		}
		switch {
		case s.take("function"):
			s.take("*")
			fn.Name = s.name()
			return s.head(fn, false)
		case s.is("(", "<"):
			if s.is("(") && !s.arrowFollows() {
				s.i++ // a function in brackets
				continue
			}
			return s.head(fn, true)
		}
		s.take("*")
		if !s.named() {
			return fn, false
		}
		name := s.name()
		switch {
		case s.is("=>"): // c => …
			fn.Params = []Param{{Name: name}}
			return fn, true
		case s.is("(", "<"):
			fn.Name = name
			return s.head(fn, false)
		case s.is(":") || s.is("="):
			s.i++
			fn.Name = name
			inner, ok := s.value()
			inner.Name = name
			return inner, ok
		}
		return fn, false
	}
	return fn, false
}

// value is function() where a value stands, and no member can.
func (s *scan) value() (fn Func, ok bool) {
	for range 4 {
		s.take("async")
		switch {
		case s.take("function"):
			s.take("*")
			s.name()
			return s.head(fn, false)
		case s.is("<"):
			return s.head(fn, true)
		case s.is("("):
			if s.arrowFollows() {
				return s.head(fn, true)
			}
			s.i++
			continue
		case s.kind(word) && s.f.is(s.i+1, "=>"):
			return Func{Params: []Param{{Name: s.name()}}}, true
		}
		return fn, false
	}
	return fn, false
}

// arrowFollows reports whether the brackets at s.i are an arrow's parameters.
func (s *scan) arrowFollows() bool {
	ahead := *s
	_, ok := ahead.head(Func{}, true)
	return ok
}

func (s *scan) named() bool {
	return s.kind(word) || s.kind(str) || s.kind(number) || s.is("[")
}

// name reads a member's name, "" if it is computed or absent.
func (s *scan) name() string {
	if s.is("[") {
		s.balanced()
		return ""
	}
	if !s.named() {
		return ""
	}
	s.i++
	return s.f.nameAt(s.i - 1)
}

// head reads type parameters, parameters and the result's annotation.
func (s *scan) head(fn Func, arrow bool) (Func, bool) {
	if s.is("<") && !s.angle() {
		return fn, false
	}
	if !s.take("(") {
		return fn, false
	}
	for !s.take(")") {
		p, ok := s.param()
		if !ok {
			return fn, false
		}
		fn.Params = append(fn.Params, p)
		if !s.take(",") && !s.is(")") {
			return fn, false
		}
	}
	if s.take(":") {
		from := s.i
		if !s.typ() {
			return fn, false
		}
		fn.Returns = s.text(from)
	}
	if arrow {
		return fn, s.is("=>")
	}
	return fn, s.is("{", ";")
}

func (s *scan) param() (p Param, ok bool) {
	p.Rest = s.take("...")
	from := s.i
	switch {
	case s.is("{", "["):
		if !s.balanced() {
			return p, false
		}
		p.Name = s.text(from)
	case s.kind(word):
		s.i++
		p.Name = s.text(from)
	default:
		return p, false
	}
	p.Optional = s.take("?")
	if s.take(":") {
		from := s.i
		if !s.typ() {
			return p, false
		}
		p.Type = s.text(from)
	}
	if s.take("=") {
		from := s.i
		if !s.expression() {
			return p, false
		}
		p.Default, p.Optional = s.text(from), true
	}
	return p, true
}

// expression moves to the comma or bracket that ends a default.
func (s *scan) expression() bool {
	from := s.i
	for s.i < len(s.f.tokens) {
		switch {
		case s.is(",", ")", "]", "}"):
			return s.i > from
		case s.is("(", "[", "{"):
			if !s.balanced() {
				return false
			}
		case s.is("<"):
			ahead := *s
			if ahead.angle() && ahead.is("(") { // new Map<string, number>()
				*s = ahead
			} else {
				s.i++
			}
		default:
			s.i++
		}
	}
	return false
}

// balanced moves behind the bracket that closes the one at s.i.
func (s *scan) balanced() bool {
	depth := 0
	for ; s.i < len(s.f.tokens); s.i++ {
		switch {
		case s.is("(", "[", "{"):
			depth++
		case s.is(")", "]", "}"):
			if depth--; depth == 0 {
				s.i++
				return true
			}
		}
	}
	return false
}
