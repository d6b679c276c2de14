package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/errs"
)

// failed prints a failed build or load with its code frames. On a terminal the
// same failure again is one line.
func (d *devOut) failed(err error, serving, again bool) {
	problems := d.problems(err)
	var text strings.Builder
	text.WriteString(d.clock() + " " + d.paint.red("✗ build failed"))
	switch {
	case again:
		text.WriteString(d.paint.dim("  as before"))
		if len(problems) > 0 && problems[0].File != "" {
			text.WriteString(d.paint.dim(": ") + d.safe(placeOf(problems[0])))
		}
	case serving:
		text.WriteString(d.paint.dim("  the old code goes on serving"))
	}
	if !again {
		for _, p := range problems {
			text.WriteString("\n\n" + d.safeProblem(p).Frame(d.frame()))
		}
		text.WriteString("\n")
	}
	out := []pair{{"serving", serving}}
	if len(problems) > 0 {
		p := problems[0]
		out = append(out, pair{"msg", p.Text})
		if p.File != "" {
			out = append(out, pair{"at", placeOf(p)})
		}
		if d.style == jsonLines {
			out = append(out, pair{"problems", problems})
		} else {
			out = append(out, pair{"frame", p.Frame(bundle.FrameOptions{})})
		}
	}
	d.print(actor.LogError, "build_failed", text.String(), out...)
}

func placeOf(p bundle.Problem) string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

func (d *devOut) frame() bundle.FrameOptions {
	return bundle.FrameOptions{Color: bool(d.paint), Width: d.columns()}
}

func (d *devOut) safeProblem(p bundle.Problem) bundle.Problem { return safeProblem(d.safe, p) }

// safeProblem is p with its texts as the stream may show them: a frame itself has colours.
func safeProblem(safe func(string) string, p bundle.Problem) bundle.Problem {
	p.Text, p.File, p.LineText, p.Before, p.Hint = safe(p.Text), safe(p.File), safe(p.LineText), safe(p.Before), safe(p.Hint)
	notes := make([]string, len(p.Notes))
	for i, n := range p.Notes {
		notes[i] = safe(n)
	}
	p.Notes = notes
	return p
}

// problems are an error's places: those of a failed build, or the place where
// code threw while it was loaded.
func (d *devOut) problems(err error) []bundle.Problem {
	var b *bundle.Error
	if errors.As(err, &b) {
		return b.Problems
	}
	e := errs.As(err)
	p := bundle.Problem{Severity: bundle.SeverityError, Text: e.Msg, Hint: e.Hint, Length: 1}
	_ = d.place(&p, d.relative(e.At)) // without a place it is told without one
	return []bundle.Problem{p}
}

// place sets where a problem is, and the lines there.
func (d *devOut) place(p *bundle.Problem, at string) bool {
	file, line, col, ok := splitAt(at)
	if !ok {
		return false
	}
	p.File, p.Line, p.Column = file, line, col
	if !filepath.IsAbs(file) {
		file = filepath.Join(d.dir, file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	lines := strings.Split(string(text), "\n")
	if line < 1 || line > len(lines) {
		return false
	}
	p.LineText = strings.TrimSuffix(lines[line-1], "\r")
	if line > 1 {
		p.Before = strings.TrimSuffix(lines[line-2], "\r")
	}
	return true
}

// excerpt is the code at a position in a file of the project, "" if there is none.
func (d *devOut) excerpt(at string) string {
	p := bundle.Problem{Severity: bundle.SeverityError, Length: 1}
	file, _, _, ok := splitAt(at)
	if !ok || !filepath.IsLocal(file) || strings.Contains(filepath.ToSlash(file), "node_modules/") || !d.place(&p, at) {
		return ""
	}
	return d.safeProblem(p).Excerpt(d.frame())
}

// splitAt takes "file:line:col" apart.
func splitAt(at string) (file string, line, col int, ok bool) {
	rest, c, ok1 := cutLast(at)
	file, l, ok2 := cutLast(rest)
	if !ok1 || !ok2 {
		return "", 0, 0, false
	}
	return file, l, c, true
}

func cutLast(s string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil
}
