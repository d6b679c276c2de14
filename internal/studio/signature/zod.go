package signature

import "maps"

// call reads an expression of zod's or valibot's that makes a schema: z.string(),
// z.array(z.number()).optional(), v.pipe(v.string(), v.minLength(1)), or the name
// of one.
func (r *reader) call() (Schema, bool) {
	if !r.deeper() {
		return nil, false
	}
	defer func() { r.depth-- }()
	s := r.s
	if !s.kind(word) {
		return nil, false
	}
	lib := s.name()
	var out Schema
	ok := false
	if s.is(".") && (lib == "z" || lib == "v" || lib == "zod" || lib == "valibot") {
		s.i++
		out, ok = r.make(s.name())
	} else {
		out, ok = r.named(lib)
	}
	for ok && s.take(".", "?.") {
		out, ok = r.refine(out, s.name())
	}
	return out, ok
}

// make reads the brackets of lib.what(…).
func (r *reader) make(what string) (out Schema, ok bool) {
	s := r.s
	end, ok := r.brackets()
	if !ok {
		return nil, false
	}
	switch what {
	case "string", "number", "boolean", "null":
		out = Schema{"type": what}
	case "int", "integer":
		out = Schema{"type": "integer"}
	case "email", "url", "uuid":
		out = Schema{"type": "string", "format": formats[what]}
	case "any", "unknown":
		out = Schema{}
	case "literal":
		var v any
		v, ok = s.literal()
		out = Schema{"const": v}
	case "enum", "picklist":
		out, ok = r.enum()
	case "array":
		if out, ok = r.call(); ok {
			out = arrayOf(out)
		}
	case "object", "strictObject", "looseObject":
		out, ok = r.object()
	case "union":
		out, ok = r.anyOf()
	case "optional":
		out, ok = r.call()
		out = with(out, "optional", true)
	case "nullable":
		if out, ok = r.call(); ok {
			out = Schema{"anyOf": []Schema{plain(out), {"type": "null"}}}
		}
	case "pipe":
		out, ok = r.pipe(end - 1)
	default:
		ok = false
	}
	s.i = end
	return out, ok
}

// brackets moves behind the bracket at which it stands; end is behind its fellow.
func (r *reader) brackets() (end int, ok bool) {
	ahead := *r.s
	if !ahead.is("(") || !ahead.balanced() {
		return 0, false
	}
	r.s.i++
	return ahead.i, true
}

// refine reads the brackets of schema.what(…).
func (r *reader) refine(in Schema, what string) (out Schema, ok bool) {
	s := r.s
	end, ok := r.brackets()
	if !ok {
		return nil, false
	}
	defer func() { s.i = end }()
	switch what {
	case "optional", "default", "prefault":
		return with(in, "optional", true), true
	case "nullable", "nullish":
		out = Schema{"anyOf": []Schema{plain(in), {"type": "null"}}}
		if what == "nullish" || in["optional"] == true {
			out["optional"] = true
		}
		return out, true
	case "array":
		return arrayOf(in), true
	case "int", "integer":
		return with(in, "type", "integer"), true
	case "describe", "description":
		if v, ok := s.literal(); ok {
			return with(in, "description", v), true
		}
		return in, true
	case "refine", "superRefine", "check", "brand", "readonly", "trim", "strict", "passthrough", "regex", "startsWith", "endsWith", "includes", "finite", "safe":
		return in, true
	}
	if f := formats[what]; f != "" {
		return with(in, "format", f), true
	}
	return r.bound(in, what)
}

var formats = map[string]string{"email": "email", "url": "uri", "uuid": "uuid", "datetime": "date-time", "isoTimestamp": "date-time"}

// bounds are what limits are called in JSON Schema, of strings, arrays and numbers.
var bounds = map[string][3]string{
	"min": {"minLength", "minItems", "minimum"}, "minLength": {"minLength", "minItems", ""}, "minValue": {"", "", "minimum"}, "gte": {"", "", "minimum"},
	"max": {"maxLength", "maxItems", "maximum"}, "maxLength": {"maxLength", "maxItems", ""}, "maxValue": {"", "", "maximum"}, "lte": {"", "", "maximum"},
	"gt": {"", "", "exclusiveMinimum"}, "lt": {"", "", "exclusiveMaximum"},
}

func (r *reader) bound(in Schema, what string) (Schema, bool) {
	switch what {
	case "positive":
		return with(in, "exclusiveMinimum", 0), true
	case "nonnegative":
		return with(in, "minimum", 0), true
	case "nonempty", "nonEmpty":
		what = "min"
	}
	names, ok := bounds[what]
	if !ok {
		return nil, false
	}
	var n any = 1
	if !r.s.is(")") {
		if n, ok = r.s.literal(); !ok || jsonType(n) != "number" {
			return in, true // a bound that isn't written here
		}
	}
	i := map[any]int{"string": 0, "array": 1, "number": 2, "integer": 2}
	at, ok := i[in["type"]]
	if !ok || names[at] == "" {
		return in, true
	}
	return with(in, names[at], n), true
}

// with is a schema with one more member.
func with(s Schema, key string, v any) Schema {
	out := Schema{key: v}
	for k, have := range maps.All(s) {
		if k != key {
			out[k] = have
		}
	}
	return out
}

func (r *reader) enum() (Schema, bool) {
	s := r.s
	if !s.take("[") {
		return nil, false
	}
	values := []any{}
	for !s.take("]") {
		v, ok := s.literal()
		if !ok || !s.take(",") && !s.is("]") {
			return nil, false
		}
		values = append(values, v)
	}
	return Schema{"enum": values}, true
}

func (r *reader) anyOf() (Schema, bool) {
	s := r.s
	if !s.take("[") {
		return nil, false
	}
	var parts []Schema
	for !s.take("]") {
		p, ok := r.call()
		if !ok || !s.take(",") && !s.is("]") {
			return nil, false
		}
		parts = append(parts, p)
	}
	return union(parts), true
}

func (r *reader) object() (Schema, bool) {
	s := r.s
	if !s.take("{") {
		return nil, false
	}
	members, required := map[string]any{}, []string{}
	for !s.take("}") {
		name := s.name()
		if name == "" || !s.take(":") {
			return nil, false
		}
		p, ok := r.call()
		if !ok || !s.take(",") && !s.is("}") {
			return nil, false
		}
		if p["optional"] != true {
			required = append(required, name)
		}
		members[name] = plain(p)
	}
	out := Schema{"type": "object", "properties": members}
	if len(required) > 0 {
		out["required"] = required
	}
	return out, true
}

// pipe reads a schema and what narrows it, up to the bracket at end.
func (r *reader) pipe(end int) (Schema, bool) {
	s := r.s
	out, ok := r.call()
	for ok && s.take(",") && s.i < end {
		if !s.kind(word) || !s.f.is(s.i+1, ".") {
			return nil, false
		}
		s.i += 2
		out, ok = r.refine(out, s.name())
	}
	return out, ok
}
