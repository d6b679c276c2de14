package tui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// inlineMax is how long a value may be to be edited on one line.
const inlineMax = 200

// editValue edits the value under the cursor as tagged JSON: a short one on the
// bottom line, others in the user's editor.
func (m *model) editValue() tea.Cmd {
	n, ok := m.detail.tree.at()
	if !ok || n.more > 0 {
		return nil
	}
	e := edit{actor: m.detail.id, path: n.path, rev: m.detail.tree.state.rev, old: n.value}
	if hasCut(n.value) {
		m.complain(errs.New(errs.Unsupported, "a part of this value was left out, so it can't be edited whole").WithHint("open it and edit what is in it"))
		return nil
	}
	b, err := json.Marshal(inspect.Tagged{Tree: n.value})
	if err != nil {
		m.complain(err)
		return nil
	}
	if !m.hasEditor() || n.kids == 0 && len(b) <= inlineMax {
		return m.editInline(e, string(b))
	}
	return m.editInEditor(e, []byte(pretty(inspect.Tagged{Tree: n.value})+"\n"))
}

// edit is a change that is being made: of the value at path, read at rev.
type edit struct {
	actor string
	path  string
	rev   uint64
	old   value.Value
	new   value.Value
}

// patch is what the edit changes.
func (e *edit) patch() inspect.Patch {
	p := inspect.Diff(e.old, e.new)
	for i := range p {
		p[i].Path = e.path + p[i].Path
	}
	return p
}

// hasCut reports whether the server left something out of a value.
func hasCut(v value.Value) bool {
	switch v := v.(type) {
	case *value.Array:
		for _, x := range v.Items {
			if hasCut(x) {
				return true
			}
		}
	case *value.Object:
		if tagName(v) == "$cut" {
			return true
		}
		for _, x := range v.Vals {
			if hasCut(x) {
				return true
			}
		}
	}
	return false
}

func (m *model) editInline(e edit, text string) tea.Cmd {
	label := e.path
	if label == "" {
		label = "state"
	}
	return m.openPrompt(prompt{label: plain(label) + " =", hint: "JSON; ⏎ reviews, Esc leaves it", enter: func(m *model, text string) tea.Cmd {
		tree, err := parseTagged([]byte(text))
		if err != nil {
			cmd := m.editInline(e, text)
			m.prompt.bad = errs.As(err).Msg
			return cmd
		}
		e.new = tree
		return m.review(e)
	}}, text)
}

// parseTagged reads one value of tagged JSON.
func parseTagged(text []byte) (value.Value, error) {
	tree, err := value.ParseJSON(bytes.TrimSpace(text))
	if err != nil {
		return nil, errs.New(errs.Usage, "no JSON: %v", err)
	}
	if _, err := inspect.Untag(tree); err != nil {
		return nil, errs.New(errs.Usage, "%v", err)
	}
	return tree, nil
}

// editInEditor edits text in the user's editor, in a file that only they can read.
func (m *model) editInEditor(e edit, text []byte) tea.Cmd {
	dir, err := os.MkdirTemp("", "rivet-edit-")
	if err != nil {
		m.complain(err)
		return nil
	}
	file := filepath.Join(dir, "state.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		m.complain(errors.Join(err, os.RemoveAll(dir)))
		return nil
	}
	return m.inEditor(file, 0, 0, func(m *model) tea.Cmd {
		b, err := os.ReadFile(file)
		err = errors.Join(err, os.RemoveAll(dir))
		if err != nil {
			m.complain(err)
			return nil
		}
		tree, err := parseTagged(b)
		if err != nil {
			m.overlay = overlay{
				title: "This can't be saved", lines: []styled{{plain(err.Error()), m.bad}},
				label: "edit again", enter: func(m *model) tea.Cmd { m.overlay = overlay{}; return m.editInEditor(e, b) },
			}
			return nil
		}
		e.new = tree
		return m.review(e)
	})
}

// review shows what an edit changes before it is saved.
func (m *model) review(e edit) tea.Cmd {
	p := e.patch()
	if len(p) == 0 {
		m.tell("nothing changed")
		return nil
	}
	o := overlay{title: "Save " + plain(m.called(e.actor, "")) + "?", label: "save", enter: func(m *model) tea.Cmd {
		m.overlay = overlay{}
		return m.save(e.actor, e.rev, p, true)
	}}
	for i, op := range p {
		if i > 0 {
			o.lines = append(o.lines, styled{})
		}
		o.lines = append(o.lines, styled{plain(op.Path), m.accent})
		if old, err := inspect.At(e.old, strings.TrimPrefix(op.Path, e.path)); err == nil && op.Op != "add" {
			o.lines = append(o.lines, styled{"- " + preview(old, 1000), m.bad})
		}
		if op.Op != "remove" {
			o.lines = append(o.lines, styled{"+ " + preview(op.Value, 1000), m.ok})
		}
	}
	m.overlay = o
	return nil
}

// save sends an edit. If the state has moved on elsewhere, it is sent for the
// new revision; if both changed the same place, both are shown and nothing is
// overwritten.
func (m *model) save(actor string, rev uint64, p inspect.Patch, undoable bool) tea.Cmd {
	return m.ask(func(ctx context.Context, in *client.Inspector) (then, error) {
		out, err := in.EditState(ctx, actor, inspect.Edit{Rev: rev, Patch: p})
		var conflict *client.StateConflict
		for try := 0; errors.As(err, &conflict) && try < 5; try++ {
			if both := overlap(p, conflict.Patch); both != "" {
				return func(m *model) tea.Cmd { return m.showConflict(both, p, conflict.Patch) }, nil
			}
			out, err = in.EditState(ctx, actor, inspect.Edit{Rev: conflict.Rev, Patch: p})
		}
		if err != nil && undoable {
			return nil, err
		}
		return func(m *model) tea.Cmd {
			if err != nil { // it can be tried again
				m.undo[actor] = append(m.undo[actor], p)
				m.complain(err)
				return nil
			}
			if undoable {
				m.undo[actor] = append(m.undo[actor], out.Undo)
				m.tell("saved; u undoes it")
			} else {
				m.tell("undone")
			}
			return nil
		}, nil
	})
}

// overlap is a place that both patches change, "" if there is none. Patches
// that move what stands in an array count as changes of the whole array.
func overlap(a, b inspect.Patch) string {
	for _, x := range a {
		for _, y := range b {
			px, py := reach(x), reach(y)
			if px == py || strings.HasPrefix(px, py+"/") || strings.HasPrefix(py, px+"/") {
				return max(px, py)
			}
		}
	}
	return ""
}

// reach is the place that an operation may change: where something is added or
// removed, what it stands in, if that may be an array.
func reach(op inspect.Op) string {
	i := strings.LastIndexByte(op.Path, '/')
	if op.Op == "replace" || i < 0 {
		return op.Path
	}
	last := op.Path[i+1:]
	if _, err := strconv.Atoi(last); err == nil || last == "-" {
		return op.Path[:i]
	}
	return op.Path
}

// showConflict shows an edit and what came between.
func (m *model) showConflict(at string, mine, theirs inspect.Patch) tea.Cmd {
	o := overlay{title: "The state has changed at " + plain(at)}
	list := func(label string, look style, p inspect.Patch) {
		o.lines = append(o.lines, styled{label, m.title})
		for _, op := range p {
			o.lines = append(o.lines, styled{op.Op + " " + plain(op.Path) + " " + preview(op.Value, 400), look})
		}
		o.lines = append(o.lines, styled{})
	}
	list("Your edit, which was not saved", m.warn, mine)
	list("What changed meanwhile", m.ok, theirs)
	o.copy = jsonText(mine)
	m.overlay = o
	return nil
}

// undoEdit sends the inverse of the last edit as an edit.
func (m *model) undoEdit() tea.Cmd {
	id := m.detail.id
	list := m.undo[id]
	p := list[len(list)-1]
	m.undo[id] = list[:len(list)-1]
	return m.save(id, m.detail.tree.state.rev, p, false)
}

// openProblem opens the first place of a failed build.
func (m *model) openProblem() tea.Cmd {
	for _, p := range m.build.Problems {
		if p.File != "" {
			return m.openFile(p.File, p.Line, p.Column)
		}
	}
	m.tell("this error has no place")
	return nil
}

// openSource opens where the line under the cursor came from, or where the
// actor's type is defined.
func (m *model) openSource() tea.Cmd {
	if l, ok := m.lineHere(); ok {
		switch {
		case l.log != nil && l.log.Source != "":
			return m.openAt(l.log.Source)
		case l.entry != nil && l.entry.Error != nil && l.entry.Error.At != nil:
			p := l.entry.Error.At
			return m.openFile(p.File, p.Line, p.Column)
		case l.entry != nil && l.entry.Source != "":
			return m.openAt(l.entry.Source)
		}
	}
	if t := m.typeOf(m.detail.actor.Type); t != nil && t.File != "" {
		return m.openFile(t.File, t.Line, 1)
	}
	m.tell("the source is not known")
	return nil
}

// openAt opens a place that is written as file:line:column.
func (m *model) openAt(at string) tea.Cmd {
	file, line, col := at, 0, 0
	if rest, n, ok := cutNumber(file); ok {
		file, col = rest, n
	}
	if rest, n, ok := cutNumber(file); ok {
		file, line = rest, n
	} else {
		line, col = col, 0
	}
	return m.openFile(file, line, col)
}

func cutNumber(s string) (string, int, bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil
}

// openFile opens a file of the project, and no other.
func (m *model) openFile(file string, line, col int) tea.Cmd {
	if m.o.Dir == "" {
		m.complain(errs.New(errs.Unsupported, "the server's files are not on this machine").WithHint("%s:%d", file, line))
		return nil
	}
	path := file
	if !filepath.IsAbs(path) {
		path = filepath.Join(m.o.Dir, path)
	}
	rel, err := filepath.Rel(m.o.Dir, path)
	if err != nil || !filepath.IsLocal(rel) {
		m.complain(errs.New(errs.Unsupported, "%s is no file of the project", file))
		return nil
	}
	if m.o.Editor == nil {
		m.complain(errs.New(errs.Unsupported, "there is no editor").WithHint("the place is %s:%d:%d", file, line, col))
		return nil
	}
	return m.inEditor(path, line, col, func(*model) tea.Cmd { return nil })
}

// inEditor opens a file in the user's editor: one of the terminal is given the
// terminal until it ends.
func (m *model) inEditor(path string, line, col int, after func(*model) tea.Cmd) tea.Cmd {
	argv, window, err := m.o.Editor(path, line, col)
	if err != nil {
		m.complain(err)
		return nil
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = m.o.Dir, m.o.Environ
	failed := func(err error) error {
		return errs.Wrap(errs.Usage, err, "the editor %s failed: %v", argv[0], err)
	}
	if window {
		if err := cmd.Start(); err != nil {
			m.complain(failed(err))
			return nil
		}
		return func() tea.Msg { // as long as the editor, or as we, live
			_ = cmd.Wait()
			return nil
		}
	}
	return tea.ExecProcess(cmd, func(err error) tea.Msg {
		return done{func(m *model) tea.Cmd {
			if err != nil {
				m.complain(failed(err))
				return nil
			}
			return after(m)
		}}
	})
}

// hasEditor reports whether there is an editor that works in the terminal, so
// that it can be waited for.
func (m *model) hasEditor() bool {
	if m.o.Editor == nil {
		return false
	}
	_, window, err := m.o.Editor("", 0, 0)
	return err == nil && !window
}
