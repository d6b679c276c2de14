package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/rivetdev/rivet/internal/bundle"
)

// Safe is s as a terminal may show it: control characters (C0 but newline and
// tab, C1, ESC), bidirectional overrides and bytes that are no UTF-8 are written
// as escapes, so that text from elsewhere can't move the cursor, change colours
// or reorder what is read.
func Safe(s string) string {
	clean := true
	for _, r := range s {
		if dangerous(r) || r == utf8.RuneError {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i, w := 0, 0; i < len(s); i += w {
		var r rune
		r, w = utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && w == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !dangerous(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// dangerous reports whether a terminal does more with r than to show it.
func dangerous(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r == 0x061c, r == 0x200e, r == 0x200f, // marks of direction
		r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, // embeddings, overrides, isolates
		r == 0x2028, r == 0x2029, r == 0xfeff:
		return true
	}
	return false
}

// errText and outText are s for the stream: safe on a terminal, as it is in a pipe.
func (a *App) errText(s string) string {
	if a.ErrTTY {
		return Safe(s)
	}
	return s
}

func (a *App) outText(s string) string {
	if a.OutTTY {
		return Safe(s)
	}
	return s
}

// colorOut and colorErr say whether a stream gets colours: --color, then
// NO_COLOR, FORCE_COLOR and TERM=dumb, then whether it is a terminal.
func (a *App) colorOut() bool { return a.colored(a.OutTTY) }
func (a *App) colorErr() bool { return a.colored(a.ErrTTY) }

func (a *App) colored(tty bool) bool {
	switch a.global.color {
	case "always":
		return true
	case "never":
		return false
	}
	switch {
	case a.env["NO_COLOR"] != "":
		return false
	case a.env["FORCE_COLOR"] != "" && a.env["FORCE_COLOR"] != "0":
		return true
	case a.env["TERM"] == "dumb", a.env["FORCE_COLOR"] == "0":
		return false
	}
	return tty
}

// painter paints text, or leaves it if it is false.
type painter bool

func (p painter) code(n, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + n + "m" + s + "\x1b[0m"
}

func (p painter) bold(s string) string    { return p.code("1", s) }
func (p painter) dim(s string) string     { return p.code("2", s) }
func (p painter) red(s string) string     { return p.code("31", s) }
func (p painter) green(s string) string   { return p.code("32", s) }
func (p painter) yellow(s string) string  { return p.code("33", s) }
func (p painter) magenta(s string) string { return p.code("35", s) }
func (p painter) cyan(s string) string    { return p.code("36", s) }

// safeFrame is a build problem's frame with its texts made safe first, since
// the frame itself has colours.
func (a *App) safeFrame(p bundle.Problem) string {
	if a.ErrTTY {
		p.Text, p.File, p.LineText, p.Before, p.Hint = Safe(p.Text), Safe(p.File), Safe(p.LineText), Safe(p.Before), Safe(p.Hint)
		for i := range p.Notes {
			p.Notes[i] = Safe(p.Notes[i])
		}
	}
	return p.Frame(bundle.FrameOptions{Color: a.colorErr(), Width: a.Width})
}

// writeJSON writes a document: indented for a reader at a terminal, on one line
// for a program. On a terminal nothing dangerous gets through.
func writeJSON(w io.Writer, v any, pretty, tty, color bool) error {
	text, err := marshal(v)
	if err != nil {
		return err
	}
	return writeRawJSON(w, text, pretty, tty, color)
}

// writeRawJSON writes text that is JSON already.
func writeRawJSON(w io.Writer, text []byte, pretty, tty, color bool) error {
	if pretty {
		var err error
		if text, err = indent(text); err != nil {
			return err
		}
	}
	if tty {
		text = escapeJSON(text)
	}
	if color {
		text = paintJSON(text)
	}
	_, err := w.Write(append(text, '\n'))
	return err
}

// indent is JSON for a reader, without an end of line.
func indent(text []byte) ([]byte, error) {
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return b.Bytes(), nil
}

// escapeJSON replaces what is dangerous by JSON's own escapes; in JSON it can
// stand in strings alone.
func escapeJSON(text []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(text) {
		if dangerous(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.Bytes()
}

// paintJSON colours keys, strings and other scalars of valid JSON.
func paintJSON(text []byte) []byte {
	p := painter(true)
	var b bytes.Buffer
	for i := 0; i < len(text); {
		from := i
		switch c := text[i]; {
		case c == '"':
			for i++; text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			i++
			token := string(text[from:i])
			if i < len(text) && text[i] == ':' {
				b.WriteString(p.cyan(token))
			} else {
				b.WriteString(p.green(token))
			}
		case strings.IndexByte("{}[],: \n", c) >= 0:
			b.WriteByte(c)
			i++
		default:
			for i < len(text) && strings.IndexByte(",]} \n", text[i]) < 0 {
				i++
			}
			b.WriteString(p.yellow(string(text[from:i])))
		}
	}
	return b.Bytes()
}
