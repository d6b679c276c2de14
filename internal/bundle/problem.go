package bundle

import (
	"fmt"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/rivetdev/rivet/internal/errs"
)

// Severity tells an error, which fails a build, from a warning.
type Severity string

// The severities of a Problem.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Problem is one thing wrong with the user's code, as data: the terminal shows
// Frame, editors and the Studio use the fields.
type Problem struct {
	Severity Severity `json:"severity"`
	File     string   `json:"file"`   // relative to the project, "" if the problem has no place
	Line     int      `json:"line"`   // from 1
	Column   int      `json:"column"` // from 1, in characters
	Length   int      `json:"length"` // characters to underline, at least 1
	Text     string   `json:"text"`
	LineText string   `json:"lineText"`
	Before   string   `json:"before,omitempty"` // the line before LineText, if it is known
	Notes    []string `json:"notes,omitempty"`
	Hint     string   `json:"hint,omitempty"` // what to do next
}

// Error is a failed build. Inputs are the files known so far: a change of one of
// them may repair it.
type Error struct {
	Problems []Problem
	Inputs   []string
}

// Error is the first problem in one line and how many there are.
func (e *Error) Error() string {
	if len(e.Problems) == 0 {
		return "build failed"
	}
	p := e.Problems[0]
	s := p.Text
	if p.File != "" {
		s = fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, s)
	}
	if n := len(e.Problems) - 1; n > 0 {
		s += fmt.Sprintf(" (and %d more)", n)
	}
	return s
}

// Unwrap gives the error a code, for exit codes and logs.
func (e *Error) Unwrap() error {
	err := &errs.Error{Code: errs.BuildFailed, Msg: e.Error()}
	if len(e.Problems) > 0 {
		err.Hint = e.Problems[0].Hint
	}
	return err
}

// problemsOf turns esbuild's messages into problems; before finds the line
// above a place (file as esbuild names it).
func problemsOf(sev Severity, msgs []api.Message, before func(file string, line int) string) []Problem {
	out := make([]Problem, 0, len(msgs))
	for _, m := range msgs {
		p := Problem{Severity: sev, Text: m.Text}
		if h, ok := m.Detail.(hint); ok {
			p.Hint = string(h)
		}
		if l := m.Location; l != nil {
			p.place(l, before)
		}
		for _, n := range m.Notes {
			text := n.Text
			if n.Location != nil && n.Location.File != "" {
				text = fmt.Sprintf("%s:%d:%d: %s", n.Location.File, n.Location.Line, n.Location.Column+1, text)
			}
			p.Notes = append(p.Notes, text)
		}
		out = append(out, p)
	}
	return out
}

// hint travels in api.Message.Detail from a plugin to a Problem.
type hint string

func (p *Problem) place(l *api.Location, before func(string, int) string) {
	p.File, p.Line, p.LineText = l.File, l.Line, l.LineText
	col := min(l.Column, len(l.LineText))
	p.Column = utf8.RuneCountInString(l.LineText[:col]) + 1
	p.Length = max(1, utf8.RuneCountInString(l.LineText[col:min(col+l.Length, len(l.LineText))]))
	if before != nil && l.Line > 1 {
		p.Before = before(l.File, l.Line-1)
	}
}
