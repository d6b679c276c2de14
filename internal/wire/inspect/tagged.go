package inspect

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/rivetdev/rivet/internal/value"
)

// Tagged is a value as tagged JSON in a body or frame; Tree is its tree. The
// zero Tagged is null.
type Tagged struct{ Tree value.Value }

// TaggedOf is v in tagged form.
func TaggedOf(v value.Value) Tagged { return Tagged{Tag(v)} }

// TaggedPtr is v in tagged form, nil for undefined.
func TaggedPtr(v value.Value) *Tagged {
	if _, ok := v.(value.Undefined); ok {
		return nil
	}
	return &Tagged{Tag(v)}
}

// Value is the value that t means.
func (t Tagged) Value() (value.Value, error) { return Untag(t.Tree) }

// MarshalJSON writes the tree.
func (t Tagged) MarshalJSON() ([]byte, error) { return value.AppendJSON(nil, t.Tree) }

// UnmarshalJSON reads a tree, whether or not it means a value.
func (t *Tagged) UnmarshalJSON(b []byte) (err error) {
	t.Tree, err = value.ParseJSON(b)
	return err
}

// maxTree is how deep a tree may be nested; beyond it Tag cuts.
const maxTree = value.MaxDepth - 20

// Tag is v as a tree of tagged JSON. What was met before becomes a $ref.
func Tag(v value.Value) value.Value {
	t := tagger{}
	return t.tag(v, step{}, 0)
}

// step is the way from the root to a place; it is rendered only for a $ref.
type step struct {
	up  *step
	key string
	idx int // if key is ""
	arr bool
}

func (s *step) pointer() string {
	var parts []string
	for ; s != nil && s.up != nil; s = s.up {
		if s.arr {
			parts = append(parts, strconv.Itoa(s.idx))
		} else {
			parts = append(parts, EscapePointer(s.key))
		}
	}
	var b strings.Builder
	for i := len(parts) - 1; i >= 0; i-- {
		b.WriteByte('/')
		b.WriteString(parts[i])
	}
	return b.String()
}

type tagger struct{ seen map[any]*step }

func (t *tagger) tag(v value.Value, at step, depth int) value.Value {
	switch v := v.(type) {
	case nil, bool, string:
		return v
	case value.Undefined:
		return one("$undef", 1.0)
	case value.Hole:
		return one("$hole", 1.0)
	case float64:
		return tagNumber(v)
	case *big.Int:
		return one("$big", v.String())
	case value.Date:
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return one("$date", nil)
		}
		return one("$date", float64(v))
	}
	if s, ok := t.seen[v]; ok {
		return one("$ref", s.pointer())
	}
	if depth > maxTree {
		return one("$cut", cutOf("deep", 0, 0))
	}
	if t.seen == nil {
		t.seen = map[any]*step{}
	}
	t.seen[v] = &at
	return t.node(v, &at, depth)
}

func (t *tagger) node(v value.Value, at *step, depth int) value.Value {
	switch v := v.(type) {
	case *value.RegExp:
		return one("$re", &value.Array{Items: []value.Value{v.Source, v.Flags}})
	case *value.Bytes:
		return &value.Object{Keys: []string{"$bytes", "type"},
			Vals: []value.Value{base64.StdEncoding.EncodeToString(v.Data), v.Kind.String()}}
	case *value.Array:
		return t.array(v.Items, at, depth)
	case *value.Set:
		in := &step{up: at, key: "$set"}
		return one("$set", t.array(v.Items, in, depth+1))
	case *value.Map:
		in := &step{up: at, key: "$map"}
		pairs := make([]value.Value, len(v.Entries))
		for i, e := range v.Entries {
			pairs[i] = t.array(e[:], &step{up: in, idx: i, arr: true}, depth+2)
		}
		return one("$map", &value.Array{Items: pairs})
	case *value.Error:
		return t.error(v, at, depth)
	case *value.Object:
		return t.object(v, at, depth)
	}
	return one("$cut", cutOf(fmt.Sprintf("%T", v), 0, 0))
}

func (t *tagger) array(items []value.Value, at *step, depth int) value.Value {
	out := make([]value.Value, 0, len(items))
	for i := 0; i < len(items); i++ {
		if items[i] == (value.Hole{}) {
			n := 1
			for i+1 < len(items) && items[i+1] == (value.Hole{}) {
				i, n = i+1, n+1
			}
			out = append(out, one("$hole", float64(n)))
			continue
		}
		out = append(out, t.tag(items[i], step{up: at, idx: len(out), arr: true}, depth+1))
	}
	return &value.Array{Items: out}
}

func (t *tagger) object(o *value.Object, at *step, depth int) value.Value {
	plain := !o.NullProto
	for _, k := range o.Keys {
		plain = plain && !strings.HasPrefix(k, "$")
	}
	if plain {
		out := &value.Object{Keys: o.Keys, Vals: make([]value.Value, len(o.Vals))}
		for i, k := range o.Keys {
			out.Vals[i] = t.tag(o.Vals[i], step{up: at, key: k}, depth+1)
		}
		return out
	}
	in := &step{up: at, key: "$obj"}
	pairs := make([]value.Value, len(o.Keys))
	for i, k := range o.Keys {
		pair := &step{up: in, idx: i, arr: true}
		pairs[i] = &value.Array{Items: []value.Value{k, t.tag(o.Vals[i], step{up: pair, idx: 1, arr: true}, depth+3)}}
	}
	out := one("$obj", &value.Array{Items: pairs})
	if o.NullProto {
		out.Keys, out.Vals = append(out.Keys, "proto"), append(out.Vals, nil)
	}
	return out
}

func (t *tagger) error(e *value.Error, at *step, depth int) value.Value {
	body := &value.Object{Keys: []string{"name", "message", "stack"}, Vals: []value.Value{e.Name, e.Message, e.Stack}}
	if e.Fields != nil {
		in := &step{up: at, key: "$err"}
		body.Keys = append(body.Keys, "fields")
		body.Vals = append(body.Vals, t.object(e.Fields, &step{up: in, key: "fields"}, depth+2))
	}
	return one("$err", body)
}

func tagNumber(f float64) value.Value {
	switch {
	case math.IsNaN(f):
		return one("$num", "NaN")
	case math.IsInf(f, 1):
		return one("$num", "Infinity")
	case math.IsInf(f, -1):
		return one("$num", "-Infinity")
	case f == 0 && math.Signbit(f):
		return one("$num", "-0")
	}
	return f
}

func one(key string, v value.Value) *value.Object {
	return &value.Object{Keys: []string{key}, Vals: []value.Value{v}}
}

func cutOf(kind string, size, bytes int) value.Value {
	return &value.Object{Keys: []string{"kind", "size", "bytes"}, Vals: []value.Value{kind, float64(size), float64(bytes)}}
}

// errTagged says that a tree is not tagged JSON; the place is in front.
var errTagged = errors.New("not a value")

// Untag reads a tree of tagged JSON. Its error names the place.
func Untag(tree value.Value) (value.Value, error) {
	u := untagger{}
	if hasRef(tree) {
		u.made = map[string]value.Value{}
	}
	return u.untag(tree, "", 0)
}

func hasRef(tree value.Value) bool {
	switch t := tree.(type) {
	case *value.Array:
		for _, it := range t.Items {
			if hasRef(it) {
				return true
			}
		}
	case *value.Object:
		for i, k := range t.Keys {
			if k == "$ref" || hasRef(t.Vals[i]) {
				return true
			}
		}
	}
	return false
}

type untagger struct {
	made  map[string]value.Value // by pointer; nil: the tree has no $ref
	holes int
}

func (u *untagger) bad(at, format string, args ...any) error {
	if at == "" {
		at = "the root"
	}
	return fmt.Errorf("%w: at %s: %s", errTagged, at, fmt.Sprintf(format, args...))
}

func (u *untagger) below(at, key string) string {
	return at + "/" + EscapePointer(key)
}

func (u *untagger) index(at string, i int) string {
	return at + "/" + strconv.Itoa(i)
}

// note makes v the target of a $ref to at.
func (u *untagger) note(at string, v value.Value) {
	if u.made != nil {
		u.made[at] = v
	}
}

func (u *untagger) untag(tree value.Value, at string, depth int) (value.Value, error) {
	if depth > value.MaxDepth {
		return nil, u.bad(at, "nested too deep")
	}
	switch t := tree.(type) {
	case nil, bool, float64, string:
		return t, nil
	case *value.Array:
		a := &value.Array{}
		u.note(at, a)
		var err error
		a.Items, err = u.items(t.Items, at, depth, true)
		return a, err
	case *value.Object:
		if len(t.Keys) > 0 && strings.HasPrefix(t.Keys[0], "$") {
			return u.special(t, at, depth)
		}
		o := &value.Object{Keys: make([]string, 0, len(t.Keys)), Vals: make([]value.Value, 0, len(t.Keys))}
		u.note(at, o)
		for i, k := range t.Keys {
			if strings.HasPrefix(k, "$") {
				return nil, u.bad(at, "an object with the key %q is written as {\"$obj\":[[key,value]]}", k)
			}
			v, err := u.untag(t.Vals[i], u.below(at, k), depth+1)
			if err != nil {
				return nil, err
			}
			o.Keys, o.Vals = append(o.Keys, k), append(o.Vals, v)
		}
		return o, nil
	}
	return nil, u.bad(at, "%T is no JSON", tree)
}

func (u *untagger) items(trees []value.Value, at string, depth int, holes bool) ([]value.Value, error) {
	out := make([]value.Value, 0, len(trees))
	for i, t := range trees {
		if n, ok := u.hole(t); ok && holes {
			if u.holes += n; n < 1 || u.holes > value.MaxArray {
				return nil, u.bad(u.index(at, i), "$hole needs a count of at least 1, and there can't be so many")
			}
			for range n {
				out = append(out, value.Hole{})
			}
			continue
		}
		v, err := u.untag(t, u.index(at, i), depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (u *untagger) hole(t value.Value) (n int, ok bool) {
	o, isObj := t.(*value.Object)
	if !isObj || len(o.Keys) != 1 || o.Keys[0] != "$hole" {
		return 0, false
	}
	f, isNum := o.Vals[0].(float64)
	if !isNum || f != math.Trunc(f) || f > value.MaxArray {
		return 0, true
	}
	return int(f), true
}

// special reads an object whose first key begins with "$".
func (u *untagger) special(t *value.Object, at string, depth int) (value.Value, error) {
	tag, body := t.Keys[0], t.Vals[0]
	if extra := map[string]string{"$bytes": "type", "$obj": "proto"}[tag]; len(t.Keys) > 2 || len(t.Keys) == 2 && t.Keys[1] != extra {
		return nil, u.bad(at, "%s has keys that it can't have; a plain object with a key like that is written as {\"$obj\":[[key,value]]}", tag)
	}
	text, isText := body.(string)
	num, isNum := body.(float64)
	list, isList := body.(*value.Array)
	switch tag {
	case "$undef":
		return value.Undefined{}, nil
	case "$date":
		if body == nil {
			return value.Date(math.NaN()), nil
		}
		if isNum {
			return value.Date(num), nil
		}
		return nil, u.bad(at, "$date needs milliseconds, or null")
	case "$num":
		if f, ok := map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1), "-0": math.Copysign(0, -1)}[text]; ok && isText {
			return f, nil
		}
		return nil, u.bad(at, "$num is NaN, Infinity, -Infinity or -0")
	case "$big":
		if n, ok := new(big.Int).SetString(text, 10); ok && isText && len(text) < 1<<20 {
			return n, nil
		}
		return nil, u.bad(at, "$big needs decimal digits in a string")
	case "$bytes":
		return u.bytes(t, text, isText, at)
	case "$ref":
		if v, ok := u.made[text]; ok && isText {
			return v, nil
		}
		return nil, u.bad(at, "$ref needs the pointer of an object that stands before it")
	case "$cut":
		return nil, u.bad(at, "what $cut stands for isn't here, so it can't be stored; read it whole first")
	case "$hole":
		return nil, u.bad(at, "$hole stands in arrays alone")
	case "$err":
		return u.error(body, at, depth)
	}
	if !isList {
		return nil, u.bad(at, "%s needs an array, or is no tag", tag)
	}
	in := u.below(at, tag)
	switch tag {
	case "$re":
		if len(list.Items) == 2 {
			source, ok1 := list.Items[0].(string)
			flags, ok2 := list.Items[1].(string)
			if ok1 && ok2 {
				r := &value.RegExp{Source: source, Flags: flags}
				u.note(at, r)
				return r, nil
			}
		}
		return nil, u.bad(at, "$re needs [source, flags]")
	case "$set":
		s := &value.Set{}
		u.note(at, s)
		var err error
		s.Items, err = u.items(list.Items, in, depth+1, false)
		return s, err
	case "$map":
		m := &value.Map{}
		u.note(at, m)
		err := u.pairs(list, in, depth+1, func(k, v value.Value) bool {
			m.Entries = append(m.Entries, [2]value.Value{k, v})
			return true
		})
		return m, err
	case "$obj":
		o := &value.Object{NullProto: len(t.Keys) == 2}
		if o.NullProto && t.Vals[1] != nil {
			return nil, u.bad(at, `"proto" can only be null`)
		}
		u.note(at, o)
		seen := map[string]bool{}
		err := u.pairs(list, in, depth+1, func(k, v value.Value) bool {
			s, ok := k.(string)
			o.Keys, o.Vals = append(o.Keys, s), append(o.Vals, v)
			ok = ok && !seen[s]
			seen[s] = true
			return ok
		})
		return o, err
	}
	return nil, u.bad(at, "there is no tag %s; a plain object with such a key is written as {\"$obj\":[[key,value]]}", tag)
}

func (u *untagger) pairs(list *value.Array, at string, depth int, add func(k, v value.Value) bool) error {
	for i, it := range list.Items {
		pair, ok := it.(*value.Array)
		where := u.index(at, i)
		if !ok || len(pair.Items) != 2 {
			return u.bad(where, "want a pair [key, value]")
		}
		kv, err := u.items(pair.Items, where, depth+1, false)
		if err != nil {
			return err
		}
		if !add(kv[0], kv[1]) {
			return u.bad(where, "the key isn't a string, or is there twice")
		}
	}
	return nil
}

func (u *untagger) bytes(t *value.Object, text string, ok bool, at string) (value.Value, error) {
	kind := value.Uint8Array
	if len(t.Keys) == 2 {
		name, _ := t.Vals[1].(string)
		known := false
		for k := value.ArrayBuffer; k <= value.Buffer; k++ {
			if k.String() == name {
				kind, known = k, true
			}
		}
		if !known {
			return nil, u.bad(at, "there is no type of bytes %q", name)
		}
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(data)%kind.Width() != 0 {
		return nil, u.bad(at, "$bytes needs base64 of whole elements")
	}
	b := &value.Bytes{Kind: kind, Data: data}
	u.note(at, b)
	return b, nil
}

func (u *untagger) error(body value.Value, at string, depth int) (value.Value, error) {
	o, ok := body.(*value.Object)
	if !ok {
		return nil, u.bad(at, "$err needs an object")
	}
	e := &value.Error{Name: "Error"}
	u.note(at, e)
	for i, k := range o.Keys {
		s, isText := o.Vals[i].(string)
		switch {
		case k == "name" && isText:
			e.Name = s
		case k == "message" && isText:
			e.Message = s
		case k == "stack" && isText:
			e.Stack = s
		case k == "fields":
			v, err := u.untag(o.Vals[i], u.below(u.below(at, "$err"), k), depth+2)
			if err != nil {
				return nil, err
			}
			if e.Fields, ok = v.(*value.Object); !ok {
				return nil, u.bad(at, "the fields of $err are an object")
			}
		default:
			return nil, u.bad(at, "$err has name, message, stack (strings) and fields")
		}
	}
	return e, nil
}
