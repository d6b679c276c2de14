package studio

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

const (
	maxHistory     = 1000     // inputs that are kept
	maxHistoryLine = 16 << 10 // bytes of one
)

// replHistory is the inputs that people typed, shared by all REPLs. The file has
// one input a line; one of several lines stands as a JSON string.
type replHistory struct {
	path string // "": memory alone

	mu    sync.Mutex
	read  bool
	items []string // oldest first
	rows  int      // of the file
}

// list are the inputs, oldest first.
func (h *replHistory) list() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.load()
	return append([]string{}, h.items...)
}

func (h *replHistory) load() {
	if h.read {
		return
	}
	h.read = true
	if h.path == "" {
		return
	}
	data, err := os.ReadFile(h.path)
	if err != nil {
		return // there is none yet, or it can't be read: recall is a comfort
	}
	for _, row := range strings.Split(string(data), "\n") {
		if row == "" {
			continue
		}
		h.rows++
		h.items = append(h.items, readRow(row))
	}
	h.trim()
}

func readRow(row string) string {
	var text string
	if strings.HasPrefix(row, `"`) && json.Unmarshal([]byte(row), &text) == nil {
		return text
	}
	return row
}

func writeRow(code string) string {
	if !strings.HasPrefix(code, `"`) && !strings.ContainsAny(code, "\r\n") {
		return code
	}
	b, _ := json.Marshal(code) // a string always encodes
	return string(b)
}

func (h *replHistory) trim() {
	if n := len(h.items) - maxHistory; n > 0 {
		h.items = append([]string{}, h.items[n:]...)
	}
}

// add keeps an input that differs from the one before.
func (h *replHistory) add(code string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.load()
	if n := len(h.items); n > 0 && h.items[n-1] == code {
		return nil
	}
	h.items = append(h.items, code)
	h.trim()
	if h.path == "" {
		return nil
	}
	if h.rows++; h.rows > 2*maxHistory {
		return h.rewrite()
	}
	if err := os.MkdirAll(filepath.Dir(h.path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(writeRow(code) + "\n")
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// rewrite drops from the file what is no longer kept.
func (h *replHistory) rewrite() error {
	var b strings.Builder
	for _, code := range h.items {
		b.WriteString(writeRow(code) + "\n")
	}
	temp := h.path + ".new"
	if err := os.WriteFile(temp, []byte(b.String()), 0o600); err != nil {
		return err
	}
	h.rows = len(h.items)
	return os.Rename(temp, h.path)
}

// replHistory is GET /repl/history.
func (s *Studio) replHistory(q *request) error {
	return q.json(http.StatusOK, inspect.ReplHistory{Items: s.repls.history.list()})
}

// keepReplHistory is POST /repl/history.
func (s *Studio) keepReplHistory(q *request) error {
	var in inspect.ReplHistoryRequest
	if err := q.read(&in); err != nil {
		return err
	}
	code := strings.TrimSpace(in.Code)
	if code == "" || len(code) > maxHistoryLine {
		q.WriteHeader(http.StatusNoContent)
		return nil
	}
	if s.o.REPL.Redact != nil {
		code = s.o.REPL.Redact(code)
	}
	if err := s.repls.history.add(code); err != nil {
		s.o.Log.Warn("the REPL's history can't be written", "error", err)
	}
	q.WriteHeader(http.StatusNoContent)
	return nil
}
