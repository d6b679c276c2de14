package inspect

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rivetdev/rivet/internal/value"
)

var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

// EscapePointer is key as one part of a JSON Pointer.
func EscapePointer(key string) string {
	if strings.ContainsAny(key, "~/") {
		return escapePointer.Replace(key)
	}
	return key
}

// ParsePointer splits a JSON Pointer (RFC 6901) into its parts.
func ParsePointer(p string) ([]string, error) {
	if p == "" {
		return nil, nil
	}
	if p[0] != '/' {
		return nil, fmt.Errorf("the path %q must be empty or begin with /", p)
	}
	parts := strings.Split(p[1:], "/")
	for i, s := range parts {
		if !strings.Contains(s, "~") {
			continue
		}
		for j := 0; j < len(s); j++ {
			if s[j] == '~' && (j+1 == len(s) || s[j+1] != '0' && s[j+1] != '1') {
				return nil, fmt.Errorf("the path %q has a ~ that is neither ~0 nor ~1", p)
			}
		}
		parts[i] = strings.ReplaceAll(strings.ReplaceAll(s, "~1", "/"), "~0", "~")
	}
	return parts, nil
}

// At is what stands at a pointer of a tree.
func At(tree value.Value, pointer string) (value.Value, error) {
	parts, err := ParsePointer(pointer)
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		next, ok := child(tree, part)
		if !ok {
			return nil, fmt.Errorf("there is nothing at %s", pointer)
		}
		tree = next
	}
	return tree, nil
}

func child(tree value.Value, part string) (value.Value, bool) {
	switch t := tree.(type) {
	case *value.Object:
		return t.Get(part)
	case *value.Array:
		if i, ok := arrayIndex(part, len(t.Items)-1); ok {
			return t.Items[i], true
		}
	}
	return nil, false
}

// arrayIndex is part as an index of at most last.
func arrayIndex(part string, last int) (int, bool) {
	i, err := strconv.Atoi(part)
	if err != nil || i < 0 || i > last || part[0] == '+' || len(part) > 1 && part[0] == '0' {
		return 0, false
	}
	return i, true
}

// CutOptions bound what Cut leaves.
type CutOptions struct {
	Depth  int // levels of objects and arrays; 0: all
	String int // bytes of a string or of base64; 0: all
	Items  int // members of one object or array; 0: all. A $cut of the rest stands last.
}

// Cut puts a $cut for all that lies deeper, or is larger, than o says. A tag
// and what it holds count as one level.
func Cut(tree value.Value, o CutOptions) value.Value { return cut(tree, o, o.Depth) }

func cut(tree value.Value, o CutOptions, depth int) value.Value {
	switch t := tree.(type) {
	case string:
		if o.String > 0 && len(t) > o.String {
			return one("$cut", cutOf("string", len(t), len(t)))
		}
	case *value.Array:
		if len(t.Items) == 0 {
			return t
		}
		if o.Depth > 0 && depth <= 0 {
			return one("$cut", cutOf("array", len(t.Items), sizeOf(t)))
		}
		return cutItems(t, o, depth-1)
	case *value.Object:
		if len(t.Keys) > 0 && strings.HasPrefix(t.Keys[0], "$") {
			return cutTagged(t, o, depth)
		}
		if len(t.Keys) == 0 {
			return t
		}
		if o.Depth > 0 && depth <= 0 {
			return one("$cut", cutOf("object", len(t.Keys), sizeOf(t)))
		}
		n := len(t.Keys)
		if o.Items > 0 && n > o.Items {
			n = o.Items
		}
		out := &value.Object{Keys: append([]string(nil), t.Keys[:n]...), Vals: make([]value.Value, n)}
		for i := range n {
			out.Vals[i] = cut(t.Vals[i], o, depth-1)
		}
		if n < len(t.Keys) {
			rest := &value.Object{Keys: t.Keys[n:], Vals: t.Vals[n:]}
			out.Keys = append(out.Keys, "…")
			out.Vals = append(out.Vals, one("$cut", cutOf("members", len(rest.Keys), sizeOf(rest))))
		}
		return out
	}
	return tree
}

// cutItems leaves the first items; the rest is one $cut of kind "items", as that
// of an object is one of kind "members".
func cutItems(t *value.Array, o CutOptions, depth int) value.Value {
	n := len(t.Items)
	if o.Items > 0 && n > o.Items {
		n = o.Items
	}
	out := &value.Array{Items: make([]value.Value, n, n+1)}
	for i := range n {
		out.Items[i] = cut(t.Items[i], o, depth)
	}
	if n < len(t.Items) {
		rest := &value.Array{Items: t.Items[n:]}
		out.Items = append(out.Items, one("$cut", cutOf("items", len(rest.Items), sizeOf(rest))))
	}
	return out
}

func cutTagged(t *value.Object, o CutOptions, depth int) value.Value {
	tag := t.Keys[0]
	switch body := t.Vals[0].(type) {
	case string:
		if o.String > 0 && len(body) > o.String && tag != "$ref" {
			return one("$cut", cutOf(tag[1:], len(body), len(body)))
		}
	case *value.Array:
		if tag == "$re" || len(body.Items) == 0 {
			return t
		}
		if o.Depth > 0 && depth <= 0 {
			return one("$cut", cutOf(tag[1:], len(body.Items), sizeOf(body)))
		}
		inner := depth - 1
		if tag != "$set" {
			inner = depth // each pair is an array of its own
		}
		out := &value.Object{Keys: t.Keys, Vals: append([]value.Value(nil), t.Vals...)}
		out.Vals[0] = cutItems(body, o, inner)
		return out
	}
	return t
}

// sizeOf is about the length of a tree as JSON text.
func sizeOf(tree value.Value) int {
	switch t := tree.(type) {
	case string:
		return len(t) + 2
	case *value.Array:
		n := 2 + len(t.Items)
		for _, it := range t.Items {
			n += sizeOf(it)
		}
		return n
	case *value.Object:
		n := 2
		for i, k := range t.Keys {
			n += len(k) + 4 + sizeOf(t.Vals[i])
		}
		return n
	}
	return 5
}
