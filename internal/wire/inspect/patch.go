package inspect

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/rivetdev/rivet/internal/value"
)

// Op is one operation of RFC 6902; Value is a tree, of add, replace and test.
type Op struct {
	Op    string
	Path  string
	From  string // of move and copy
	Value value.Value
}

// Patch is operations in order.
type Patch []Op

type opJSON struct {
	Op    string  `json:"op"`
	Path  string  `json:"path"`
	From  *string `json:"from,omitempty"`
	Value *Tagged `json:"value,omitempty"`
}

// MarshalJSON writes the operation.
func (o Op) MarshalJSON() ([]byte, error) {
	j := opJSON{Op: o.Op, Path: o.Path}
	switch o.Op {
	case "move", "copy":
		j.From = &o.From
	case "add", "replace", "test":
		j.Value = &Tagged{o.Value}
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads one; that it fits is Apply's business.
func (o *Op) UnmarshalJSON(b []byte) error {
	var j struct {
		Op    string          `json:"op"`
		Path  *string         `json:"path"`
		From  *string         `json:"from"`
		Value json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*o = Op{Op: j.Op}
	if j.Path == nil {
		return errors.New("an operation of a patch needs a path")
	}
	o.Path = *j.Path
	switch j.Op {
	case "add", "replace", "test":
		if j.Value == nil {
			return fmt.Errorf("%s %s needs a value", j.Op, o.Path)
		}
		v, err := value.ParseJSON(j.Value)
		o.Value = v
		return err
	case "move", "copy":
		if j.From == nil {
			return fmt.Errorf("%s %s needs a from", j.Op, o.Path)
		}
		o.From = *j.From
	case "remove":
	default:
		return fmt.Errorf("there is no operation %q: use add, remove, replace, move, copy or test", j.Op)
	}
	return nil
}

// Diff is a patch that makes b of a, also the order of keys. It shares b's
// parts. An array's change in one place is found; an object that moved is not.
func Diff(a, b value.Value) Patch {
	d := differ{}
	d.diff(a, b)
	return d.out
}

type differ struct {
	out  Patch
	path []string // escaped parts
}

func (d *differ) at() string {
	if len(d.path) == 0 {
		return ""
	}
	return "/" + strings.Join(d.path, "/")
}

func (d *differ) in(part string, f func()) {
	d.path = append(d.path, EscapePointer(part))
	f()
	d.path = d.path[:len(d.path)-1]
}

func (d *differ) op(op string, v value.Value) {
	d.out = append(d.out, Op{Op: op, Path: d.at(), Value: v})
}

func (d *differ) diff(a, b value.Value) {
	switch b := b.(type) {
	case *value.Object:
		if a, ok := a.(*value.Object); ok && tagOf(a) == tagOf(b) {
			d.objects(a, b)
			return
		}
	case *value.Array:
		if a, ok := a.(*value.Array); ok {
			d.arrays(a, b)
			return
		}
	default:
		if a == b { // leaves: numbers are finite here
			return
		}
	}
	d.op("replace", b)
}

// tagOf is the tag of a tagged object, "" of a plain one.
func tagOf(o *value.Object) string {
	if len(o.Keys) > 0 && strings.HasPrefix(o.Keys[0], "$") {
		return o.Keys[0]
	}
	return ""
}

func (d *differ) objects(a, b *value.Object) {
	if a == b {
		return
	}
	where := make(map[string]int, len(a.Keys))
	for i, k := range a.Keys {
		where[k] = i
	}
	// Kept in place are b's first keys as far as they stand in a in the same
	// order; what is added goes to the end. Keys like indices order themselves.
	kept := make(map[string]bool, len(b.Keys))
	last, open := -1, true
	for _, k := range b.Keys {
		i, known := where[k]
		_, index := value.ArrayIndex(k)
		switch {
		case index:
			kept[k] = known
		case open && known && i > last:
			kept[k], last = true, i
		default:
			open = false
		}
	}
	for _, k := range a.Keys {
		if !kept[k] {
			d.in(k, func() { d.op("remove", nil) })
		}
	}
	for i, k := range b.Keys {
		if kept[k] {
			d.in(k, func() { d.diff(a.Vals[where[k]], b.Vals[i]) })
		}
	}
	for i, k := range b.Keys {
		if !kept[k] {
			d.in(k, func() { d.op("add", b.Vals[i]) })
		}
	}
}

func (d *differ) arrays(a, b *value.Array) {
	if a == b {
		return
	}
	lo, n, m := 0, len(a.Items), len(b.Items)
	for lo < n && lo < m && Equal(a.Items[lo], b.Items[lo]) {
		lo++
	}
	for n > lo && m > lo && Equal(a.Items[n-1], b.Items[m-1]) {
		n, m = n-1, m-1
	}
	for ; lo < n && lo < m; lo++ {
		d.in(strconv.Itoa(lo), func() { d.diff(a.Items[lo], b.Items[lo]) })
	}
	for i := n - 1; i >= lo; i-- {
		d.in(strconv.Itoa(i), func() { d.op("remove", nil) })
	}
	for i := lo; i < m; i++ {
		d.in(strconv.Itoa(i), func() { d.op("add", b.Items[i]) })
	}
}

// Equal reports whether two trees are the same JSON, order of keys included.
func Equal(a, b value.Value) bool {
	switch a := a.(type) {
	case *value.Array:
		b, ok := b.(*value.Array)
		if !ok || len(a.Items) != len(b.Items) {
			return false
		}
		if a == b {
			return true
		}
		for i := range a.Items {
			if !Equal(a.Items[i], b.Items[i]) {
				return false
			}
		}
		return true
	case *value.Object:
		b, ok := b.(*value.Object)
		if !ok || len(a.Keys) != len(b.Keys) {
			return false
		}
		if a == b {
			return true
		}
		for i := range a.Keys {
			if a.Keys[i] != b.Keys[i] || !Equal(a.Vals[i], b.Vals[i]) {
				return false
			}
		}
		return true
	}
	switch b.(type) {
	case *value.Array, *value.Object:
		return false
	}
	return a == b
}

// Apply is tree after a patch; tree stays as it is, and shares what didn't
// change. After an error, which names the operation, nothing holds.
func Apply(tree value.Value, p Patch) (value.Value, error) {
	var err error
	for i, o := range p {
		if tree, err = o.apply(tree); err != nil {
			return nil, fmt.Errorf("operation %d (%s %s): %w", i+1, o.Op, o.Path, err)
		}
	}
	return tree, nil
}

var errNothing = errors.New("there is nothing at that path")

func (o Op) apply(tree value.Value) (value.Value, error) {
	path, err := ParsePointer(o.Path)
	if err != nil {
		return nil, err
	}
	switch o.Op {
	case "add", "replace", "remove":
		return edit(tree, path, o.Op, o.Value)
	case "test":
		v, err := At(tree, o.Path)
		if err == nil && !Equal(v, o.Value) {
			err = errors.New("the value there is another")
		}
		return tree, err
	case "move", "copy":
		v, err := At(tree, o.From)
		if err != nil {
			return nil, err
		}
		if o.Op == "move" {
			if o.Path != o.From && strings.HasPrefix(o.Path+"/", o.From+"/") {
				return nil, errors.New("a value can't move into itself")
			}
			from, _ := ParsePointer(o.From) // At has read it
			if len(from) == 0 {
				return tree, nil
			}
			if tree, err = edit(tree, from, "remove", nil); err != nil {
				return nil, err
			}
		}
		return edit(tree, path, "add", v)
	}
	return nil, fmt.Errorf("there is no operation %q", o.Op)
}

// edit is a copy of tree, along path, with one change.
func edit(tree value.Value, path []string, op string, v value.Value) (value.Value, error) {
	if len(path) == 0 {
		if op == "remove" {
			return nil, errors.New("the whole can't be removed")
		}
		return v, nil
	}
	part, last := path[0], len(path) == 1
	switch t := tree.(type) {
	case *value.Object:
		return editObject(t, part, path, last, op, v)
	case *value.Array:
		return editArray(t, part, path, last, op, v)
	}
	return nil, errNothing
}

func editObject(t *value.Object, part string, path []string, last bool, op string, v value.Value) (value.Value, error) {
	i := -1
	for n, k := range t.Keys {
		if k == part {
			i = n
		}
	}
	if i < 0 && !(last && op == "add") {
		return nil, errNothing
	}
	if !last {
		sub, err := edit(t.Vals[i], path[1:], op, v)
		if err != nil {
			return nil, err
		}
		v = sub
	}
	out := &value.Object{Keys: t.Keys, Vals: append(make([]value.Value, 0, len(t.Vals)+1), t.Vals...)}
	switch {
	case last && op == "remove":
		out.Keys = append(append([]string(nil), t.Keys[:i]...), t.Keys[i+1:]...)
		out.Vals = append(out.Vals[:i], out.Vals[i+1:]...)
	case i >= 0:
		out.Vals[i] = v
	default:
		i = insertAt(t.Keys, part)
		out.Keys = append(append(append([]string(nil), t.Keys[:i]...), part), t.Keys[i:]...)
		out.Vals = append(append(append([]value.Value(nil), t.Vals[:i]...), v), t.Vals[i:]...)
	}
	return out, nil
}

// insertAt is where a new key goes: to the end, or among those like indices.
func insertAt(keys []string, key string) int {
	n, ok := value.ArrayIndex(key)
	if !ok {
		return len(keys)
	}
	for i, k := range keys {
		if m, ok := value.ArrayIndex(k); !ok || m > n {
			return i
		}
	}
	return len(keys)
}

func editArray(t *value.Array, part string, path []string, last bool, op string, v value.Value) (value.Value, error) {
	add := last && op == "add"
	end := len(t.Items) - 1
	if add {
		end++
		if part == "-" {
			part = strconv.Itoa(end)
		}
	}
	i, ok := arrayIndex(part, end)
	if !ok {
		return nil, errNothing
	}
	if !last {
		sub, err := edit(t.Items[i], path[1:], op, v)
		if err != nil {
			return nil, err
		}
		v = sub
	}
	out := &value.Array{Items: make([]value.Value, 0, len(t.Items)+1)}
	out.Items = append(out.Items, t.Items[:i]...)
	switch {
	case add:
		out.Items = append(append(out.Items, v), t.Items[i:]...)
	case last && op == "remove":
		out.Items = append(out.Items, t.Items[i+1:]...)
	default:
		out.Items = append(append(out.Items, v), t.Items[i+1:]...)
	}
	return out, nil
}
