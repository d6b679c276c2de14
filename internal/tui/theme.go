package tui

import (
	"fmt"
	"image/color"

	"github.com/charmbracelet/colorprofile"
)

// style is a sequence that begins a look of text; "" leaves text as it is.
type style string

// on is text in that look.
func (s style) on(text string) string {
	if s == "" || text == "" {
		return text
	}
	return string(s) + text + "\x1b[m"
}

// theme has a look for each meaning. Nothing is told by a colour alone: signs
// and words say the same, so that all works without colours.
type theme struct {
	bold, muted, faint, line style
	accent, ok, warn, bad    style
	event                    style
	title, tab               style // of a pane; the tab that is open
	sel, selIdle             style // the row under the cursor, with and without focus
	flash                    style // what has just changed
	bar                      style // the top line
}

// themeFor is the look for what a terminal can show.
func themeFor(p colorprofile.Profile, dark bool) theme {
	switch {
	case p <= colorprofile.Ascii:
		return theme{
			bold: "\x1b[1m", muted: "", faint: "\x1b[2m", line: "\x1b[2m",
			bad: "\x1b[1m", title: "\x1b[1m", tab: "\x1b[1;4m", sel: "\x1b[7m", selIdle: "\x1b[4m", flash: "\x1b[1;4m", bar: "",
		}
	case p == colorprofile.ANSI:
		return theme{
			bold: "\x1b[1m", muted: "\x1b[2m", faint: "\x1b[2m", line: "\x1b[2m",
			accent: "\x1b[36m", ok: "\x1b[32m", warn: "\x1b[33m", bad: "\x1b[1;31m", event: "\x1b[35m",
			title: "\x1b[1m", tab: "\x1b[1;4;36m", sel: "\x1b[7m", selIdle: "\x1b[4m", flash: "\x1b[1;33m", bar: "",
		}
	case dark:
		return palette{
			text: 0xe8eaee, muted: 0x9aa3b2, line: 0x636d7e, accent: 0x7cc4ff, ok: 0x5fd39a, warn: 0xf0b64c,
			bad: 0xff7a7a, event: 0xb99cff, selBg: 0x2b4a66, idleBg: 0x262b34, barBg: 0x1d2129,
		}.theme()
	}
	return palette{
		text: 0x16191f, muted: 0x565e6c, line: 0x7f8897, accent: 0x0b62c4, ok: 0x0f7343, warn: 0x8a5300,
		bad: 0xc02434, event: 0x6a3fc9, selBg: 0xcfe4fb, idleBg: 0xe4e7ec, barBg: 0xeceef2,
	}.theme()
}

// palette is the Studio's.
type palette struct {
	text, muted, line, accent, ok, warn, bad, event, selBg, idleBg, barBg uint32
}

func (p palette) theme() theme {
	fg := func(c uint32, more string) style {
		return style(fmt.Sprintf("\x1b[%s38;2;%d;%d;%dm", more, c>>16, c>>8&255, c&255))
	}
	on := func(fg, bg uint32, more string) style {
		return style(fmt.Sprintf("\x1b[%s38;2;%d;%d;%d;48;2;%d;%d;%dm", more, fg>>16, fg>>8&255, fg&255, bg>>16, bg>>8&255, bg&255))
	}
	return theme{
		bold: "\x1b[1m", muted: fg(p.muted, ""), faint: fg(p.line, ""), line: fg(p.line, ""),
		accent: fg(p.accent, ""), ok: fg(p.ok, ""), warn: fg(p.warn, ""), bad: fg(p.bad, "1;"), event: fg(p.event, ""),
		title: "\x1b[1m", tab: fg(p.accent, "1;4;"), sel: on(p.text, p.selBg, "1;"), selIdle: on(p.text, p.idleBg, ""),
		flash: fg(p.warn, "1;7;"), bar: on(p.text, p.barBg, ""),
	}
}

// isDark reports whether a ground is dark; a terminal that doesn't say is.
func isDark(c color.Color) bool {
	if c == nil {
		return true
	}
	r, g, b, _ := c.RGBA()
	return 299*r+587*g+114*b < 500*0xffff
}
