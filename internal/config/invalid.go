package config

import (
	"fmt"
	"strings"

	"github.com/rivetdev/rivet/internal/errs"
)

// Problem is one mistake in the configuration: At is its place ("rivet.yaml:3:7",
// "RIVET_PORT", "--port"), Key the setting it is about, "" for none.
type Problem struct {
	At  string `json:"at"`
	Key string `json:"key,omitempty"`
	Msg string `json:"message"`
}

// Invalid is a configuration with mistakes: all of them.
type Invalid struct{ Problems []Problem }

func (e *Invalid) Error() string {
	p := e.Problems[0]
	s := fmt.Sprintf("%s: %s", p.At, p.subject())
	if n := len(e.Problems) - 1; n > 0 {
		s += fmt.Sprintf(" (and %d more)", n)
	}
	return s
}

// Unwrap gives the mistakes a code, for exit codes.
func (e *Invalid) Unwrap() error {
	return &errs.Error{Code: errs.ConfigInvalid, Msg: e.Error()}
}

// Lines are the mistakes, a line each.
func (e *Invalid) Lines() []string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.At + ": " + p.subject()
	}
	return lines
}

func (p Problem) subject() string {
	if p.Key == "" || p.Key == p.At || strings.HasPrefix(p.At, "--") { // a flag names its setting
		return p.Msg
	}
	return p.Key + ": " + p.Msg
}
