// Package filter is the filter language of lists and streams:
//
//	kind:action name:inc* took:>50ms conn:abc path:/users/* error "text" -kind:log
//
// Terms stand side by side, and all must hold; "-" before one turns it round.
// A value may have * for any text; numbers, sizes (1MiB) and durations (50ms)
// take > < >= <= before them. Several values by comma: any of them. A word
// without a colon is looked for in the text, as "text" is; the word error
// means: has an error. Matching ignores case.
package filter

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rivetdev/rivet/internal/errs"
)

// Kind is what a field holds.
type Kind uint8

// The kinds of fields. A Duration's number is microseconds.
const (
	Text Kind = iota
	Number
	Size
	Duration
)

// Fields are the names that an expression may use.
type Fields map[string]Kind

// Record is what an expression is asked about.
type Record interface {
	// Values calls f for the values of a text field until it returns true.
	Values(field string, f func(string) bool) bool
	// Number is the value of any other field.
	Number(field string) float64
	// Contains reports whether the text of the record has word, which is lower case.
	Contains(word string) bool
	// HasError reports whether it tells of an error.
	HasError() bool
}

// Expr is a parsed expression; the zero Expr matches everything.
type Expr struct{ terms []term }

type term struct {
	not   bool
	field string // "": word or error
	kind  Kind
	word  string
	isErr bool
	globs []string
	tests []test
}

type test struct {
	op string
	n  float64
}

// Parse reads an expression whose fields are among fields.
func Parse(s string, fields Fields) (Expr, error) {
	var e Expr
	words, err := split(s)
	if err != nil {
		return e, err
	}
	for _, w := range words {
		t, err := parseTerm(w, fields)
		if err != nil {
			return Expr{}, err
		}
		e.terms = append(e.terms, t)
	}
	return e, nil
}

// token is one term as written: its text, and how much of it stood before a quote.
type token struct {
	text   string
	not    bool
	quoted bool // as a whole
}

func split(s string) ([]token, error) {
	var out []token
	for i := 0; i < len(s); {
		if s[i] == ' ' || s[i] == '\t' || s[i] == '\n' {
			i++
			continue
		}
		t := token{}
		if s[i] == '-' && i+1 < len(s) && s[i+1] != ' ' {
			t.not = true
			i++
		}
		t.quoted = s[i] == '"'
		var b strings.Builder
		for in := false; i < len(s) && (in || s[i] != ' ' && s[i] != '\t' && s[i] != '\n'); i++ {
			switch {
			case s[i] == '"':
				in = !in
			case s[i] == '\\' && in && i+1 < len(s):
				i++
				b.WriteByte(s[i])
			default:
				b.WriteByte(s[i])
			}
			if i == len(s)-1 && in {
				return nil, bad("a quote is not closed in %q", s)
			}
		}
		t.text = b.String()
		out = append(out, t)
	}
	return out, nil
}

func parseTerm(w token, fields Fields) (term, error) {
	t := term{not: w.not}
	name, val, has := strings.Cut(w.text, ":")
	if w.quoted || !has {
		t.word = strings.ToLower(w.text)
		t.isErr = !w.quoted && t.word == "error"
		return t, nil
	}
	kind, known := fields[strings.ToLower(name)]
	if !known {
		names := make([]string, 0, len(fields))
		for f := range fields {
			names = append(names, f)
		}
		e := bad("there is no field %q to filter by", name)
		if near := errs.Closest(name, names); near != "" {
			e.WithHint("Did you mean %q? Put text that has a colon in quotes.", near)
		}
		return t, e
	}
	t.field, t.kind = strings.ToLower(name), kind
	for _, v := range strings.Split(val, ",") {
		if kind == Text {
			t.globs = append(t.globs, strings.ToLower(v))
			continue
		}
		c, err := parseTest(name, v, kind)
		if err != nil {
			return t, err
		}
		t.tests = append(t.tests, c)
	}
	return t, nil
}

func parseTest(field, s string, kind Kind) (test, error) {
	c := test{op: "="}
	for _, op := range []string{">=", "<=", ">", "<", "="} {
		if rest, ok := strings.CutPrefix(s, op); ok {
			c.op, s = op, rest
			break
		}
	}
	var err error
	switch kind {
	case Duration:
		if d, derr := time.ParseDuration(s); derr == nil {
			c.n = float64(d.Microseconds())
		} else if c.n, err = strconv.ParseFloat(s, 64); err == nil {
			c.n *= 1000 // a bare number is milliseconds
		}
	case Size:
		c.n, err = parseSize(s)
	default:
		c.n, err = strconv.ParseFloat(s, 64)
	}
	if err != nil {
		return c, bad("%s:%s needs a %s such as %s", field, s, kind, map[Kind]string{Number: ">10", Size: ">1MiB", Duration: ">50ms"}[kind])
	}
	return c, nil
}

func (k Kind) String() string { return [...]string{"text", "number", "size", "duration"}[k] }

var units = []struct {
	name string
	n    float64
}{{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"b", 1}}

func parseSize(s string) (float64, error) {
	s, f := strings.ToLower(s), 1.0
	for _, u := range units {
		if rest, ok := strings.CutSuffix(s, u.name); ok {
			s, f = rest, u.n
			break
		}
	}
	n, err := strconv.ParseFloat(s, 64)
	return n * f, err
}

func bad(format string, args ...any) *errs.Error {
	e := errs.New(errs.InvalidRequest, "%s", fmt.Sprintf(format, args...))
	e.Status = 400
	return e
}

// Empty reports whether e matches everything.
func (e Expr) Empty() bool { return len(e.terms) == 0 }

// Match reports whether all terms hold.
func (e Expr) Match(r Record) bool {
	for i := range e.terms {
		if t := &e.terms[i]; t.match(r) == t.not {
			return false
		}
	}
	return true
}

// Uses reports whether an expression asks for a field.
func (e Expr) Uses(field string) bool {
	for i := range e.terms {
		if e.terms[i].field == field {
			return true
		}
	}
	return false
}

func (t *term) match(r Record) bool {
	switch {
	case t.isErr:
		return r.HasError()
	case t.field == "":
		return r.Contains(t.word)
	case t.kind == Text:
		return r.Values(t.field, func(v string) bool {
			v = strings.ToLower(v)
			for _, g := range t.globs {
				if Glob(g, v) {
					return true
				}
			}
			return false
		})
	}
	n := r.Number(t.field)
	for _, c := range t.tests {
		if c.holds(n) {
			return true
		}
	}
	return false
}

func (c test) holds(n float64) bool {
	switch c.op {
	case ">":
		return n > c.n
	case "<":
		return n < c.n
	case ">=":
		return n >= c.n
	case "<=":
		return n <= c.n
	}
	return n == c.n
}

// Glob reports whether s matches a pattern in which * stands for any text.
func Glob(pattern, s string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !strings.HasPrefix(s, head) {
		return false
	}
	if s = s[len(head):]; !star {
		return s == ""
	}
	for {
		part, more, again := strings.Cut(rest, "*")
		if !again {
			return strings.HasSuffix(s, part)
		}
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s, rest = s[i+len(part):], more
	}
}
