package tui

// table is a list of rows with a cursor that stays with its row.
type table[T any] struct {
	rows   []T
	known  bool
	cursor int
	top    int
	height int
}

// set takes new rows; the cursor stays with the row of the same id.
func (t *table[T]) set(rows []T, id func(T) string) {
	if at, ok := t.at(); ok {
		for i, r := range rows {
			if id(r) == id(at) {
				t.cursor = i
			}
		}
	}
	t.rows, t.known = rows, true
	t.clamp()
}

func (t *table[T]) clamp() {
	t.cursor = max(0, min(t.cursor, len(t.rows)-1))
	h := max(t.height, 1)
	t.top = min(t.top, t.cursor, max(0, len(t.rows)-h))
	t.top = max(t.top, t.cursor-h+1, 0)
}

// at is the row under the cursor.
func (t *table[T]) at() (row T, ok bool) {
	if t.cursor >= len(t.rows) {
		return row, false
	}
	return t.rows[t.cursor], true
}

func (t *table[T]) move(to int) {
	t.cursor = to
	t.clamp()
}
