package bundle

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestFramesPointAtWhatTheyMean(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 100) + "HERE" + strings.Repeat("b", 100)
	tests := map[string]struct {
		line          string
		column, count int
		width         int
		shown, caret  string // the line as it is shown, and the marks below it
	}{
		"plain":                         {"let x = y", 9, 1, 80, "let x = y", "        ^"},
		"a tab is two columns":          {"\tx = y", 2, 1, 80, "  x = y", "  ^"},
		"wide runes are two columns":    {"漢字 = x", 6, 1, 80, "漢字 = x", "       ^"},
		"wide runes have wide marks":    {"x = 漢字", 5, 2, 80, "x = 漢字", "    ^^^^"},
		"an emoji of many runes is one": {`"👩‍👩‍👧" x`, 9, 1, 80, `"👩‍👩‍👧" x`, "     ^"},
		"the end of the line":           {"let x", 6, 1, 80, "let x", "     ^"},
		"a long line, at its beginning": {long, 3, 2, 40, strings.Repeat("a", 31) + "…", "  ^^"},
		"a long line, in its middle":    {long, 101, 4, 40, "…" + strings.Repeat("a", 9) + "HERE" + strings.Repeat("b", 17) + "…", strings.Repeat(" ", 10) + "^^^^"},
		"a long line, all of it marked": {long, 1, 204, 40, strings.Repeat("a", 31) + "…", strings.Repeat("^", 32)},
		"wide runes at the cut":         {strings.Repeat("漢", 50) + "x", 51, 1, 40, "…" + strings.Repeat("漢", 14) + "x", strings.Repeat(" ", 29) + "^"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Problem{Severity: SeverityError, Text: "no", File: "a.ts", Line: 1, Column: tt.column, Length: tt.count, LineText: tt.line}
			lines := strings.Split(p.Frame(FrameOptions{Width: tt.width}), "\n")
			line, caret := strings.TrimPrefix(lines[2], "  > 1 | "), strings.TrimPrefix(lines[3], "      | ")
			if line != tt.shown || caret != tt.caret {
				t.Errorf("got\n%s\n%s\nwant\n%s\n%s", line, caret, tt.shown, tt.caret)
			}
			for _, l := range lines {
				if ansi.StringWidth(l) > tt.width {
					t.Errorf("wider than %d: %q", tt.width, l)
				}
			}
		})
	}
}

func TestFramesWrapWhatTheySay(t *testing.T) {
	t.Parallel()
	p := Problem{Severity: SeverityError, Text: strings.Repeat("word ", 30), Hint: strings.Repeat("do this ", 20), Notes: []string{strings.Repeat("note ", 30)}}
	for _, l := range strings.Split(p.Frame(FrameOptions{Width: 60}), "\n") {
		if ansi.StringWidth(l) > 60 {
			t.Errorf("wider than 60: %q", l)
		}
	}
}
