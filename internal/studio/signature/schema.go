package signature

import (
	"encoding/json"
	"maps"
	"strings"
)

// Schema is a JSON Schema; nil allows everything.
type Schema map[string]any

// Schema is what a type lets through as JSON, as far as it is simple: strings,
// numbers, booleans, null, arrays of them, unions and literals, and the zod or
// valibot schema of the file that it is inferred from. All else is open, with
// the type's text as its description.
func (f *File) Schema(typ string) Schema {
	if typ == "" {
		return nil
	}
	t := Parse(typ)
	s := &scan{f: t}
	left := maxSteps
	got, ok := (&reader{file: f, s: s, left: &left}).typ()
	if !ok || s.i != len(t.tokens) {
		return Schema{"description": typ}
	}
	return plain(got)
}

// SchemaOfDefault is the schema of a parameter that has a default and no type.
func SchemaOfDefault(text string) Schema {
	t := Parse(text)
	s := &scan{f: t}
	v, ok := s.literal()
	if !ok || s.i != len(t.tokens) {
		if len(t.tokens) == 1 && t.tokens[0].kind == tmpl {
			return Schema{"type": "string"}
		}
		return nil
	}
	return Schema{"type": jsonType(v)}
}

func jsonType(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case nil:
		return "null"
	}
	return "number"
}

// literal reads "a", 1, -1, true, false, null.
func (s *scan) literal() (v any, ok bool) {
	minus := s.take("-")
	if s.i >= len(s.f.tokens) {
		return nil, false
	}
	t := s.f.tokens[s.i]
	text := s.f.text[t.from:t.to]
	s.i++
	switch {
	case t.kind == number:
		n := json.Number(strings.ReplaceAll(text, "_", ""))
		if minus {
			n = "-" + n
		}
		if !json.Valid([]byte(n)) {
			return nil, false
		}
		return n, true
	case minus:
	case t.kind == str && len(text) >= 2:
		return unquote(text)
	case text == "true", text == "false":
		return text == "true", true
	case text == "null":
		return nil, true
	}
	s.i--
	return nil, false
}

// unquote reads a string of JavaScript whose escapes are those of JSON.
func unquote(text string) (any, bool) {
	body := text[1 : len(text)-1]
	if text[0] == '\'' {
		body = strings.ReplaceAll(strings.ReplaceAll(body, `\'`, `'`), `"`, `\"`)
	}
	var out string
	err := json.Unmarshal([]byte(`"`+body+`"`), &out)
	return out, err == nil
}

// maxSteps bounds the work on one schema: names may stand for names, many times.
const maxSteps = 500

// reader turns types and schema libraries' calls into a Schema; file is where
// names are looked up. A schema that may be absent bears the key "optional"
// until it has its place.
type reader struct {
	file  *File
	s     *scan
	depth int
	left  *int
}

func (r *reader) deeper() bool {
	r.depth++
	*r.left--
	return r.depth <= maxDepth && *r.left >= 0
}

// plain is s without the mark of absence.
func plain(s Schema) Schema {
	if _, ok := s["optional"]; ok {
		s = maps.Clone(s)
		delete(s, "optional")
	}
	return s
}

// typ reads a union.
func (r *reader) typ() (Schema, bool) {
	if !r.deeper() {
		return nil, false
	}
	defer func() { r.depth-- }()
	r.s.take("|")
	var parts []Schema
	for {
		p, ok := r.part()
		if !ok {
			return nil, false
		}
		if p != nil {
			parts = append(parts, p)
		}
		if !r.s.take("|") {
			return union(parts), true
		}
	}
}

// part reads a member of a union; nil for undefined, which isn't in JSON.
func (r *reader) part() (Schema, bool) {
	s := r.s
	s.take("readonly")
	var out Schema
	switch {
	case s.take("undefined"):
		return nil, true
	case s.take("string", "number", "boolean"):
		out = Schema{"type": s.text(s.i - 1)}
	case s.is("Array", "ReadonlyArray") && s.f.is(s.i+1, "<"):
		s.i += 2
		items, ok := r.typ()
		if !ok || !s.take(">") {
			return nil, false
		}
		out = arrayOf(items)
	case s.take("("):
		in, ok := r.typ()
		if !ok || !s.take(")") {
			return nil, false
		}
		out = in
	case s.kind(word) && s.f.is(s.i+1, "."):
		in, ok := r.inferred()
		if !ok {
			return nil, false
		}
		out = in
	default:
		v, ok := s.literal()
		if !ok {
			return nil, false
		}
		if out = (Schema{"const": v}); v == nil {
			out = Schema{"type": "null"}
		}
	}
	for s.is("[") && s.f.is(s.i+1, "]") {
		s.i += 2
		out = arrayOf(out)
	}
	return out, true
}

func arrayOf(items Schema) Schema {
	if items == nil {
		return Schema{"type": "array"}
	}
	return Schema{"type": "array", "items": plain(items)}
}

// union is any of parts; literals become one enum.
func union(parts []Schema) Schema {
	if len(parts) < 2 {
		if len(parts) == 0 {
			return nil
		}
		return parts[0]
	}
	values := make([]any, 0, len(parts))
	for i, p := range parts {
		p = plain(p)
		parts[i] = p
		v, ok := p["const"]
		if !ok || len(p) > 1 {
			return Schema{"anyOf": parts}
		}
		values = append(values, v)
	}
	return Schema{"enum": values}
}

// inferred reads z.infer<typeof X> and v.InferOutput<typeof X>.
func (r *reader) inferred() (Schema, bool) {
	s := r.s
	if s.i += 2; !s.take("infer", "input", "output", "TypeOf", "InferInput", "InferOutput") || !s.take("<") || !s.take("typeof") {
		return nil, false
	}
	name := s.name()
	if !s.take(">") {
		return nil, false
	}
	return r.named(name)
}

// named reads the schema that a variable of the file is.
func (r *reader) named(name string) (Schema, bool) {
	if !r.deeper() || name == "" {
		return nil, false
	}
	defer func() { r.depth-- }()
	i, ok := r.file.values()[name]
	if !ok {
		return nil, false
	}
	at := &reader{file: r.file, s: &scan{f: r.file, i: i}, depth: r.depth, left: r.left}
	return at.call()
}
