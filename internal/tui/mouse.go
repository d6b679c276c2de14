package tui

import tea "charm.land/bubbletea/v2"

// click takes a press of a mouse button.
func (m *model) click(at tea.Mouse) tea.Cmd {
	if at.Button != tea.MouseLeft || m.prompt != nil {
		return nil
	}
	m.notice = notice{}
	for _, h := range m.hits {
		if (rect{h.x, h.y, h.w, h.h}).has(at.X, at.Y) && (!m.overlay.on() || at.Y == m.bottomRow()) {
			return h.do(m, at.X-h.x, at.Y-h.y, false)
		}
	}
	if m.overlay.on() {
		return nil
	}
	p := m.panes()
	switch {
	case p.list.has(at.X, at.Y):
		return m.clickList(at.Y - p.list.y - 1)
	case p.detail.has(at.X, at.Y):
		m.focus = onDetail
		return m.clickRow(onDetail, at.Y-p.detail.y-3)
	case p.side.has(at.X, at.Y):
		m.focus = onSide
		return m.clickRow(onSide, at.Y-p.side.y-2)
	}
	return nil
}

// clickList chooses an actor; one that is chosen already is opened.
func (m *model) clickList(row int) tea.Cmd {
	if row < 0 {
		return m.nextSort()
	}
	to := m.list.top + row
	if to >= m.list.rows.Total {
		m.focus = onList
		return nil
	}
	if m.focus == onList && to == m.list.cursor {
		m.focus = onDetail
		return nil
	}
	m.focus = onList
	return m.moveList(to)
}

// clickRow chooses a row of a pane; one that is chosen already is opened.
func (m *model) clickRow(f focus, row int) tea.Cmd {
	if row < 0 {
		return nil
	}
	top, cursor, rows := m.rowsOf(f)
	if s := m.stream(); s != nil && f == onDetail && s.status() != "" {
		row--
	}
	if m.here() == inConns {
		row--
	}
	to := top + row
	if row < 0 || to >= rows {
		return nil
	}
	if to == cursor {
		if m.here() == inState {
			return m.toggleNode()
		}
		return m.openRow()
	}
	return m.moveBy(f, func(int, int, int) int { return to })
}

// rowsOf is what a pane shows: its first row, its cursor, how many there are.
func (m *model) rowsOf(f focus) (top, cursor, rows int) {
	d := &m.detail
	switch m.here() {
	case inState:
		return d.tree.top, d.tree.cursor, len(d.tree.rows)
	case inConns:
		return d.conns.top, d.conns.cursor, len(d.conns.rows)
	case inSchedule:
		t := &d.alarms
		if f == onSide {
			t = &m.alarms
		}
		return t.top, t.cursor, len(t.rows)
	case inEvents, inLogs:
		s := m.stream()
		return s.top, s.cursor, len(s.lines)
	}
	return 0, 0, 0
}

// wheel scrolls the pane under the pointer.
func (m *model) wheel(at tea.Mouse) tea.Cmd {
	by := 3
	switch at.Button {
	case tea.MouseWheelUp:
		by = -3
	case tea.MouseWheelDown:
	default:
		return nil
	}
	if m.overlay.on() {
		m.overlay.top += by
		return nil
	}
	p := m.panes()
	move := func(at, last, _ int) int { return max(0, min(at+by, last)) }
	switch {
	case p.list.has(at.X, at.Y):
		return m.moveBy(onList, move)
	case p.detail.has(at.X, at.Y):
		return m.moveBy(onDetail, move)
	case p.side.has(at.X, at.Y):
		return m.moveBy(onSide, move)
	}
	return nil
}
