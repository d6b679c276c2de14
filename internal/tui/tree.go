package tui

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

const (
	flashFor   = 900 * time.Millisecond
	childrenAt = 1000 // members of a node that are shown at a time
	maxFlashes = 500
)

// tree is a state as rows that fold.
type tree struct {
	state  stateData
	known  bool            // a state came
	open   map[string]bool // by path; the root and small ones are open from the start
	limit  map[string]int  // members shown, if more than childrenAt were asked for
	loaded map[string]value.Value
	flash  map[string]time.Time // when a path changed

	rows   []node
	cursor int
	top    int
	height int
}

// node is one row of a tree.
type node struct {
	path  string // JSON Pointer in the tagged form
	key   string
	depth int
	value value.Value
	kids  int  // members, if it can be opened
	open  bool // it is
	more  int  // this row stands for so many members that are not shown
}

// set takes a state; paths in changed, which lie below /value, flash.
func (t *tree) set(s stateData, fresh bool, changed []string, now time.Time) {
	first := !t.known
	t.state, t.known = s, true
	if t.open == nil || fresh && first {
		t.open, t.limit, t.loaded, t.flash = map[string]bool{"": true}, map[string]int{}, map[string]value.Value{}, map[string]time.Time{}
		t.unfoldSmall()
	}
	for _, p := range changed {
		path, ok := strings.CutPrefix(p, "/value")
		if !ok {
			continue
		}
		clear(t.loaded)
		if len(t.flash) < maxFlashes {
			t.flash[strings.TrimSuffix(path, "/-")] = now
		}
	}
	t.build()
}

// unfoldSmall opens what fits a screen anyway.
func (t *tree) unfoldSmall() {
	for _, m := range members("", t.state.tree, childrenAt) {
		if n := sizeOf(m.value); n > 0 && n <= 8 {
			t.open[m.path] = true
		}
	}
}

// build makes the rows anew; the cursor stays at its path.
func (t *tree) build() {
	at := ""
	if t.cursor < len(t.rows) {
		at = t.rows[t.cursor].path
	}
	t.rows = t.rows[:0]
	t.add(node{path: "", value: t.state.tree})
	for i := range t.rows {
		if t.rows[i].path == at && t.rows[i].more == 0 {
			t.cursor = i
			break
		}
	}
	t.clamp()
}

func (t *tree) add(n node) {
	if v, ok := t.loaded[n.path]; ok {
		n.value = v
	}
	n.kids = sizeOf(n.value)
	n.open = n.kids > 0 && t.open[n.path]
	t.rows = append(t.rows, n)
	if !n.open {
		return
	}
	limit := max(t.limit[n.path], childrenAt)
	for _, k := range members(n.path, n.value, limit) {
		k.depth = n.depth + 1
		t.add(k)
	}
	if n.kids > limit {
		t.rows = append(t.rows, node{path: n.path, depth: n.depth + 1, more: n.kids - limit})
	}
}

func (t *tree) clamp() {
	t.cursor = max(0, min(t.cursor, len(t.rows)-1))
	h := max(t.height, 1)
	t.top = min(t.top, t.cursor, max(0, len(t.rows)-h))
	t.top = max(t.top, t.cursor-h+1, 0)
}

// at is the row under the cursor.
func (t *tree) at() (node, bool) {
	if t.cursor >= len(t.rows) {
		return node{}, false
	}
	return t.rows[t.cursor], true
}

// toggle opens or closes the row under the cursor; cut reports that its value
// was left out by the server and must be asked for.
func (t *tree) toggle() (cut bool) {
	n, ok := t.at()
	switch {
	case !ok:
		return false
	case n.more > 0:
		t.limit[n.path] = max(t.limit[n.path], childrenAt) + childrenAt
	case tagName(n.value) == "$cut":
		return true
	case n.kids == 0:
		return false
	default:
		t.open[n.path] = !n.open
	}
	t.build()
	return false
}

// fold closes the row under the cursor, or goes to the one it is in.
func (t *tree) fold() {
	n, ok := t.at()
	if !ok {
		return
	}
	if n.open {
		t.open[n.path] = false
		t.build()
		return
	}
	for i := t.cursor - 1; i >= 0; i-- {
		if t.rows[i].depth < n.depth {
			t.cursor = i
			break
		}
	}
	t.clamp()
}

// flashing reports whether something has just changed.
func (t *tree) flashing(now time.Time) bool {
	for _, at := range t.flash {
		if now.Sub(at) < flashFor {
			return true
		}
	}
	return false
}

// calm forgets what doesn't flash any more.
func (t *tree) calm(now time.Time) {
	for p, at := range t.flash {
		if now.Sub(at) >= flashFor {
			delete(t.flash, p)
		}
	}
}

// flashes reports whether a row shows a change: its own, or one folded into it.
func (t *tree) flashes(n node, now time.Time) bool {
	if len(t.flash) == 0 || n.more > 0 {
		return false
	}
	if at, ok := t.flash[n.path]; ok && now.Sub(at) < flashFor {
		return true
	}
	if n.open || n.kids == 0 {
		return false
	}
	for p, at := range t.flash {
		if strings.HasPrefix(p, n.path+"/") && now.Sub(at) < flashFor {
			return true
		}
	}
	return false
}

// viewTree draws the state.
func (m *model) viewTree(w, h int) []string {
	t := &m.detail.tree
	if !t.known {
		return nil
	}
	if tagName(t.state.tree) == "$undef" {
		return m.say(w, m.muted, "This actor has no state.")
	}
	t.height = h
	t.clamp()
	now := m.o.Now()
	out := make([]string, 0, h)
	for i := t.top; i < len(t.rows) && len(out) < h; i++ {
		out = append(out, m.treeRow(t, t.rows[i], i == t.cursor, now, w))
	}
	return out
}

func (m *model) treeRow(t *tree, n node, selected bool, now time.Time, w int) string {
	fold := "  "
	switch {
	case n.more > 0:
	case n.kids > 0 && n.open:
		fold = "▾ "
	case n.kids > 0 || tagName(n.value) == "$cut":
		fold = "▸ "
	}
	indent := spaces(min(2*n.depth, w/2)) + fold
	key, text := plain(n.key), ""
	look := style("")
	switch {
	case n.more > 0:
		text, look = "… "+strconv.Itoa(n.more)+" more", m.muted
	case n.path == "":
		key, text, look = "state", m.summary(n), m.muted
	default:
		text = m.summary(n)
		look = m.valueStyle(n)
	}
	mark := " "
	changed := t.flashes(n, now)
	if changed {
		mark = "*"
	}
	room := w - m.width(indent) - 1
	if key != "" {
		key = m.cut(key, max(room/2, 8))
		if text != "" {
			key += ": "
		}
	}
	text = m.cell(text, room-m.width(key))
	switch {
	case selected && m.focus == onDetail:
		if !changed {
			mark = "›"
		}
		return m.sel.on(mark + indent + key + text)
	case changed:
		return m.warn.on(mark) + indent + m.accent.on(key) + m.flash.on(strings.TrimRight(text, " ")) + spaces(len(text)-len(strings.TrimRight(text, " ")))
	}
	return mark + m.muted.on(indent) + m.accent.on(key) + look.on(text)
}

func (m *model) valueStyle(n node) style {
	switch n.value.(type) {
	case string:
		return m.ok
	case float64, bool:
		return m.warn
	case nil:
		return m.muted
	}
	if n.kids > 0 {
		return m.muted
	}
	return m.event
}

// summary is a node's value on its own row: what a leaf is, or how much there
// is in it and, if it is closed, how it begins.
func (m *model) summary(n node) string {
	if n.kids == 0 {
		return leaf(n.value)
	}
	what := kindOf(n.value)
	if n.open {
		return what
	}
	return what + "  " + preview(n.value, 120)
}

// kindOf tells what a composite is and how many members it has.
func kindOf(v value.Value) string {
	switch v := v.(type) {
	case *value.Array:
		return "[" + strconv.Itoa(len(v.Items)) + "]"
	case *value.Object:
		switch tagName(v) {
		case "$map":
			return "Map(" + strconv.Itoa(sizeOf(v)) + ")"
		case "$set":
			return "Set(" + strconv.Itoa(sizeOf(v)) + ")"
		case "$err":
			return "Error"
		}
		return "{" + strconv.Itoa(sizeOf(v)) + "}"
	}
	return ""
}

// preview is how a value begins, on one line.
func preview(v value.Value, room int) string {
	var b strings.Builder
	write(&b, v, room, 0)
	return b.String()
}

func write(b *strings.Builder, v value.Value, room, depth int) {
	kids := members("", v, 64)
	if len(kids) == 0 {
		b.WriteString(leaf(v))
		return
	}
	_, list := v.(*value.Array)
	list = list || tagName(v) == "$set"
	open, end := "{", "}"
	if list {
		open, end = "[", "]"
	}
	b.WriteString(open)
	for i, k := range kids {
		if i > 0 {
			b.WriteString(", ")
		}
		if b.Len() > room || depth > 2 {
			b.WriteString("…")
			break
		}
		if !list {
			b.WriteString(plain(k.key) + ": ")
		}
		write(b, k.value, room, depth+1)
	}
	b.WriteString(end)
}

// tagName is the tag of an object of tagged JSON, "" for all else.
func tagName(v value.Value) string {
	if o, ok := v.(*value.Object); ok && len(o.Keys) > 0 && strings.HasPrefix(o.Keys[0], "$") {
		return o.Keys[0]
	}
	return ""
}

// inner is the array in which a tagged value keeps its members.
func inner(v *value.Object) []value.Value {
	if a, ok := v.Vals[0].(*value.Array); ok {
		return a.Items
	}
	return nil
}

// sizeOf is how many members a value has.
func sizeOf(v value.Value) int {
	switch v := v.(type) {
	case *value.Array:
		return len(v.Items)
	case *value.Object:
		switch tagName(v) {
		case "":
			return len(v.Keys)
		case "$set", "$map", "$obj":
			return len(inner(v))
		case "$err":
			return sizeOf(v.Vals[0])
		}
	}
	return 0
}

// members are what is in a value, at most limit of it, with their paths.
func members(path string, v value.Value, limit int) []node {
	switch v := v.(type) {
	case *value.Array:
		return items(path, v.Items, limit)
	case *value.Object:
		switch tag := tagName(v); tag {
		case "":
			out := make([]node, min(len(v.Keys), limit))
			for i := range out {
				out[i] = node{path: path + "/" + inspect.EscapePointer(v.Keys[i]), key: v.Keys[i], value: v.Vals[i]}
			}
			return out
		case "$set":
			return items(path+"/$set", inner(v), limit)
		case "$map", "$obj":
			return pairs(path+"/"+tag, inner(v), limit)
		case "$err":
			return members(path+"/$err", v.Vals[0], limit)
		}
	}
	return nil
}

func items(path string, list []value.Value, limit int) []node {
	out := make([]node, min(len(list), limit))
	for i := range out {
		n := strconv.Itoa(i)
		out[i] = node{path: path + "/" + n, key: n, value: list[i]}
	}
	return out
}

// pairs are the entries of a Map, or of an object whose keys begin with $.
func pairs(path string, list []value.Value, limit int) []node {
	out := make([]node, min(len(list), limit))
	for i := range out {
		out[i] = node{path: path + "/" + strconv.Itoa(i) + "/1", key: "?", value: list[i]}
		pair, ok := list[i].(*value.Array)
		if !ok || len(pair.Items) != 2 {
			continue
		}
		if key, ok := pair.Items[0].(string); ok {
			out[i].key = key
		} else {
			out[i].key = preview(pair.Items[0], 40)
		}
		out[i].value = pair.Items[1]
	}
	return out
}

// leaf is a value without members, as one would write it.
func leaf(v value.Value) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return quoted(v)
	case *value.Array:
		return "[]"
	case *value.Object:
		if len(v.Keys) == 0 {
			return "{}"
		}
		return tagged(v)
	}
	return "?"
}

// quoted is a string in quotes, on one line, with nothing that moves a cursor.
func quoted(s string) string {
	return `"` + strings.ReplaceAll(plain(s), `"`, `\"`) + `"`
}

func tagged(o *value.Object) string {
	v := o.Vals[0]
	text, _ := v.(string)
	number, _ := v.(float64)
	switch o.Keys[0] {
	case "$date":
		if _, ok := v.(float64); !ok || math.Abs(number) > 8.64e15 {
			return "Invalid Date"
		}
		return "Date " + time.UnixMilli(int64(number)).UTC().Format("2006-01-02T15:04:05.000Z")
	case "$big":
		return plain(text) + "n"
	case "$num":
		return plain(text)
	case "$undef":
		return "undefined"
	case "$hole":
		return "empty × " + strconv.Itoa(int(number))
	case "$map":
		return "Map(0)"
	case "$set":
		return "Set(0)"
	case "$obj":
		return "{}"
	case "$ref":
		return "→ " + plain(text)
	case "$re":
		if a, ok := v.(*value.Array); ok && len(a.Items) == 2 {
			source, _ := a.Items[0].(string)
			flags, _ := a.Items[1].(string)
			return "/" + plain(source) + "/" + plain(flags)
		}
	case "$bytes":
		kind, _ := o.Get("type")
		name, _ := kind.(string)
		return plain(name) + "(" + size(int64(len(strings.TrimRight(text, "="))*3/4)) + ")"
	case "$cut":
		if c, ok := v.(*value.Object); ok {
			kind, _ := c.Get("kind")
			n, _ := c.Get("bytes")
			name, _ := kind.(string)
			bytes, _ := n.(float64)
			return plain(name) + ", " + size(int64(bytes)) + " left out"
		}
	}
	return preview(v, 80)
}
