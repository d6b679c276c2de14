package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/tui/safe"
)

// errText and outText are s for the stream: safe on a terminal, as it is in a pipe.
func (a *App) errText(s string) string {
	if a.ErrTTY {
		return safe.Text(s)
	}
	return s
}

func (a *App) outText(s string) string {
	if a.OutTTY {
		return safe.Text(s)
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
		p.Text, p.File, p.LineText, p.Before, p.Hint = safe.Text(p.Text), safe.Text(p.File), safe.Text(p.LineText), safe.Text(p.Before), safe.Text(p.Hint)
		for i := range p.Notes {
			p.Notes[i] = safe.Text(p.Notes[i])
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
		if safe.Dangerous(r) {
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
