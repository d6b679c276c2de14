package signature

// angle moves behind <…> of type arguments or parameters.
func (s *scan) angle() bool {
	if !s.take("<") {
		return false
	}
	for !s.take(">") {
		for s.take("const", "in", "out") {
		}
		if !s.typ() {
			return false
		}
		if s.take("=") && !s.typ() {
			return false
		}
		if !s.take(",") && !s.is(">") {
			return false
		}
	}
	return true
}

// typ moves behind a type; false if there is none, or one that isn't known.
func (s *scan) typ() bool {
	if s.depth++; s.depth > maxDepth {
		return false
	}
	defer func() { s.depth-- }()
	s.take("|", "&")
	for {
		if !s.unary() {
			return false
		}
		if !s.take("|", "&") {
			break
		}
	}
	if s.is("extends") { // a conditional type, or a type parameter's bound
		s.i++
		if !s.typ() {
			return false
		}
		if s.take("?") {
			return s.typ() && s.take(":") && s.typ()
		}
	}
	return true
}

func (s *scan) unary() bool {
	for s.is("keyof", "readonly", "unique", "infer", "asserts", "-") && !s.endsAt(s.i+1) {
		s.i++
	}
	return s.primary() && s.postfix()
}

// endsAt reports whether a type has ended before token i.
func (s *scan) endsAt(i int) bool {
	return i >= len(s.f.tokens) || s.f.is(i, ",", ")", "]", "}", ">", "=>", "=", "{", "|", "&", ";", "is", "[", ".", "<")
}

func (s *scan) primary() bool {
	switch {
	case s.is("(", "<") && s.functionType(), s.is("new", "abstract") && s.constructorType():
		return s.take("=>") && s.typ()
	case s.take("("):
		return s.typ() && s.take(")")
	case s.is("{", "["):
		return s.balanced()
	case s.kind(str), s.kind(tmpl), s.kind(number):
		s.i++
		return true
	case s.is("import"):
		s.i++
		return s.is("(") && s.balanced() && s.members()
	case s.is("typeof"):
		s.i++
		return s.reference()
	}
	return s.reference()
}

// reference moves behind a.b.C<D>.
func (s *scan) reference() bool {
	if !s.kind(word) {
		return false
	}
	s.i++
	return s.members()
}

func (s *scan) members() bool {
	for s.take(".") {
		if !s.kind(word) {
			return false
		}
		s.i++
	}
	if s.is("<") {
		return s.angle()
	}
	return true
}

// postfix moves behind T[], T["a"] and "x is T".
func (s *scan) postfix() bool {
	for s.is("[") {
		if !s.balanced() {
			return false
		}
	}
	if s.is("is") && !s.endsAt(s.i+1) {
		s.i++
		return s.typ()
	}
	return true
}

// functionType moves behind the parameters of a function type, if these are
// such: TypeScript decides by what follows the bracket, so that (A | B) stays a
// type in brackets.
func (s *scan) functionType() bool {
	start := s.i
	if s.is("<") {
		if !s.angle() || !s.is("(") || !s.balanced() {
			s.i = start
			return false
		}
		return true
	}
	i := s.i + 1
	f := s.f
	yes := f.is(i, ")") || f.is(i, "...")
	if !yes && i < len(f.tokens) {
		switch {
		case f.tokens[i].kind == word:
			i++
		case f.is(i, "{", "["):
			ahead := scan{f: f, i: i}
			if !ahead.balanced() {
				return false
			}
			i = ahead.i
		}
		yes = i > s.i+1 && (f.is(i, ":") || f.is(i, ",") || f.is(i, "?") || f.is(i, "=") || f.is(i, ")") && f.is(i+1, "=>"))
	}
	return yes && s.balanced()
}

func (s *scan) constructorType() bool {
	start := s.i
	s.take("abstract")
	if s.take("new") && (s.is("(") || s.is("<") && s.angle() && s.is("(")) && s.balanced() && s.is("=>") {
		return true
	}
	s.i = start
	return false
}
