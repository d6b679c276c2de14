package ring

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// Redacted stands in the history where a value was left out.
const Redacted = "[redacted]"

// Redactor leaves values out of what is kept and told, by JSON Pointers in which
// * is any one part. A pointer begins at the root of a state, of an argument, an
// output, an event's argument, params, an error's metadata, or at a log line's
// fields. In a Map a part is the key, in a Set the position. A nil Redactor
// leaves all in.
type Redactor struct {
	patterns [][]string
	code     *regexp.Regexp
}

// NewRedactor reads patterns; nil if there are none. One that is no pointer
// leaves nothing out: config has refused it.
func NewRedactor(patterns []string) *Redactor {
	d := &Redactor{}
	var names []string
	for _, p := range patterns {
		parts, err := inspect.ParsePointer(p)
		if err != nil {
			continue
		}
		d.patterns = append(d.patterns, parts)
		if n := len(parts); n > 0 && parts[n-1] != "*" {
			names = append(names, regexp.QuoteMeta(parts[n-1]))
		}
	}
	if d.patterns == nil {
		return nil
	}
	if names != nil {
		d.code = regexp.MustCompile(`(["']?\b(?:` + strings.Join(names, "|") + `)\b["']?\s*[:=]\s*)` +
			"(\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*`|[^\\s,;)}]+)")
	}
	return d
}

// Value is v, or a copy without what is to be left out.
func (d *Redactor) Value(v value.Value) value.Value {
	if d == nil {
		return v
	}
	return redact(v, d.patterns)
}

// Code is a line of a program without the values that are given to a name that
// a pattern ends with.
func (d *Redactor) Code(code string) string {
	if d == nil || d.code == nil {
		return code
	}
	return d.code.ReplaceAllString(code, `${1}"`+Redacted+`"`)
}

// Entry is e, or a copy without what is to be left out; changes of state are
// left to Patch.
func (d *Redactor) Entry(e *actor.Entry) *actor.Entry {
	if d == nil {
		return e
	}
	c := *e
	if len(e.Args) > 0 {
		c.Args = make([]value.Value, len(e.Args))
		for i, a := range e.Args {
			c.Args[i] = d.Value(a)
		}
	}
	if e.Output != nil {
		c.Output = d.Value(e.Output)
	}
	var told *errs.Error
	if errors.As(e.Err, &told) && told.Metadata != nil {
		light := *told
		light.Metadata, light.Err = d.Value(told.Metadata), nil
		c.Err = &light
	}
	if e.Log != nil && len(e.Log.Fields) > 0 {
		l := *e.Log
		l.Fields = make([]actor.LogField, len(e.Log.Fields))
		for i, f := range e.Log.Fields {
			v := value.Value(Redacted)
			if rest, whole := step(d.patterns, f.Key, true); !whole {
				v = redact(f.Value, rest)
			}
			l.Fields[i] = actor.LogField{Key: f.Key, Value: v}
		}
		c.Log = &l
	}
	return &c
}

// Patch is a change of state, in the tagged form, without what is to be left out.
func (d *Redactor) Patch(p inspect.Patch) inspect.Patch {
	if d == nil || p == nil {
		return p
	}
	out := make(inspect.Patch, len(p))
	for i, o := range p {
		if o.Value != nil {
			o.Value = d.placed(o.Path, o.Value)
		}
		out[i] = o
	}
	return out
}

// placed is what stands at a place of a tagged state, without what is to be left out.
func (d *Redactor) placed(path string, v value.Value) value.Value {
	parts, err := inspect.ParsePointer(path)
	if err != nil {
		return Redacted
	}
	// The body of a tag, or a pair of it, is only understood in its tag.
	if n := len(parts); n > 0 && tags[parts[n-1]] {
		return inTag(d.below(parts[:n-1]), parts[n-1], v)
	} else if n > 1 && (parts[n-2] == "$map" || parts[n-2] == "$obj") {
		body := inTag(d.below(parts[:n-2]), parts[n-2], &value.Array{Items: []value.Value{v}})
		if pairs, ok := body.(*value.Array); ok {
			return pairs.Items[0]
		}
		return body
	}
	return d.below(parts)(v)
}

var tags = map[string]bool{"$map": true, "$obj": true, "$set": true, "$err": true}

func inTag(redact func(value.Value) value.Value, tag string, body value.Value) value.Value {
	if o, ok := redact(&value.Object{Keys: []string{tag}, Vals: []value.Value{body}}).(*value.Object); ok {
		return o.Vals[0]
	}
	return Redacted
}

// below redacts what stands at a place.
func (d *Redactor) below(parts []string) func(value.Value) value.Value {
	rest, whole := d.at(parts)
	return func(v value.Value) value.Value {
		if whole {
			return Redacted
		}
		return redact(v, rest)
	}
}

// at is what of the patterns goes on below a place of a tagged state.
func (d *Redactor) at(parts []string) (rest [][]string, whole bool) {
	rest = d.patterns
	for i := 0; i < len(parts) && !whole; i++ {
		part, known := parts[i], true
		switch part {
		case "$map", "$obj": // of pairs: i, then 0 for the key or 1 for the value
			if known = false; i+1 < len(parts) {
				i = min(i+2, len(parts)-1)
			}
		case "$set":
			if i++; i < len(parts) {
				part = parts[i]
			}
		case "$err":
			continue
		case "fields":
			if i > 0 && parts[i-1] == "$err" {
				continue
			}
		}
		rest, whole = step(rest, part, known)
	}
	return rest, whole
}

// step goes one part down; an unknown part may be any. whole: all that is there
// is to be left out.
func step(patterns [][]string, part string, known bool) (rest [][]string, whole bool) {
	for _, p := range patterns {
		if len(p) == 0 {
			return nil, true
		}
		if p[0] != "*" && p[0] != part && known {
			continue
		}
		if len(p) == 1 {
			return nil, true
		}
		rest = append(rest, p[1:])
	}
	return rest, false
}

// redact copies no more than it must. Both values and trees of the tagged form
// are its business: their tags are objects with one member.
func redact(v value.Value, patterns [][]string) value.Value {
	if len(patterns) == 0 {
		return v
	}
	for _, p := range patterns {
		if len(p) == 0 {
			return Redacted
		}
	}
	in := func(part string, known bool, v value.Value) value.Value {
		rest, whole := step(patterns, part, known)
		if whole {
			return Redacted
		}
		return redact(v, rest)
	}
	switch v := v.(type) {
	case *value.Object:
		if len(v.Keys) == 1 && strings.HasPrefix(v.Keys[0], "$") {
			return &value.Object{Keys: v.Keys, Vals: []value.Value{redactTag(v.Keys[0], v.Vals[0], patterns, in)}}
		}
		c := &value.Object{NullProto: v.NullProto, Keys: v.Keys, Vals: make([]value.Value, len(v.Vals))}
		for i, k := range v.Keys {
			c.Vals[i] = in(k, true, v.Vals[i])
		}
		return c
	case *value.Array:
		return &value.Array{Items: redactItems(v.Items, in)}
	case *value.Set:
		return &value.Set{Items: redactItems(v.Items, in)}
	case *value.Map:
		c := &value.Map{Entries: make([][2]value.Value, len(v.Entries))}
		for i, e := range v.Entries {
			part, known := keyText(e[0])
			c.Entries[i] = [2]value.Value{e[0], in(part, known, e[1])}
		}
		return c
	case *value.Error:
		c := *v
		if v.Fields != nil {
			c.Fields, _ = redact(v.Fields, patterns).(*value.Object)
		}
		return &c
	}
	return v
}

func redactItems(items []value.Value, in func(string, bool, value.Value) value.Value) []value.Value {
	out := make([]value.Value, len(items))
	for i, it := range items {
		out[i] = in(strconv.Itoa(i), true, it)
	}
	return out
}

// redactTag redacts the body of a tag.
func redactTag(tag string, body value.Value, patterns [][]string, in func(string, bool, value.Value) value.Value) value.Value {
	list, ok := body.(*value.Array)
	switch {
	case ok && tag == "$set":
		return &value.Array{Items: redactItems(list.Items, in)}
	case ok && (tag == "$map" || tag == "$obj"):
		out := &value.Array{Items: make([]value.Value, len(list.Items))}
		for i, it := range list.Items {
			out.Items[i] = it
			if pair, ok := it.(*value.Array); ok && len(pair.Items) == 2 {
				part, known := keyText(pair.Items[0])
				out.Items[i] = &value.Array{Items: []value.Value{pair.Items[0], in(part, known, pair.Items[1])}}
			}
		}
		return out
	case tag == "$err":
		if o, ok := body.(*value.Object); ok {
			c := &value.Object{Keys: o.Keys, Vals: append([]value.Value(nil), o.Vals...)}
			for i, k := range o.Keys {
				if k == "fields" {
					c.Vals[i] = redact(o.Vals[i], patterns)
				}
			}
			return c
		}
	}
	return body
}

// keyText is a Map's key as a part of a pointer; what is no text may be any.
func keyText(v value.Value) (part string, known bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}
