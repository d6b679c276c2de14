package safe

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestEscapes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, text, line string }{
		"plain":       {in: "héé 漢字", text: "héé 漢字", line: "héé 漢字"},
		"colours":     {in: "\x1b[31mred", text: `\x1b[31mred`, line: `\x1b[31mred`},
		"C1":          {in: "a\u009bb", text: `a\x9bb`, line: `a\x9bb`},
		"breaks":      {in: "a\tb\nc\rd", text: "a\tb\nc" + `\x0dd`, line: `a\tb\nc\x0dd`},
		"bidi":        {in: "a\u202eb\u2066c", text: `a\u202eb\u2066c`, line: `a\u202eb\u2066c`},
		"no width":    {in: "a\u200bb", text: "a\u200bb", line: `a\u200bb`},
		"a joiner":    {in: "👩\u200d💻", text: "👩\u200d💻", line: "👩\u200d💻"},
		"not UTF-8":   {in: "a\xffb", text: `a\xffb`, line: `a\xffb`},
		"replacement": {in: "a\ufffdb", text: "a\ufffdb", line: "a\ufffdb"},
	}
	for name, tt := range tests {
		if got := Text(tt.in); got != tt.text {
			t.Errorf("%s: Text(%q) = %q, want %q", name, tt.in, got, tt.text)
		}
		if got := Line(tt.in); got != tt.line {
			t.Errorf("%s: Line(%q) = %q, want %q", name, tt.in, got, tt.line)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("\x1b]0;title\a\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
			t.Errorf("Text(%q) = %q", s, got)
		}
		if line := Line(s); strings.ContainsFunc(line, unicode.IsControl) {
			t.Errorf("Line(%q) = %q", s, line)
		}
	})
}
