package repl

import (
	"strings"
	"testing"
)

func TestUnfinished(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"":                           false,
		"1 + 1":                      false,
		"1 +":                        true,
		"1 + // more":                true,
		"a =":                        true,
		"a.":                         true,
		"a?.":                        true,
		"f(":                         true,
		"f(1,":                       true,
		"f(1)":                       false,
		"f(1))":                      false,
		"(]":                         false,
		"{":                          true,
		"{ a: 1":                     true,
		"{ a: 1 }":                   false,
		"function f() {":             true,
		"function f() { return 1 }":  false,
		"const f = (x: number) =>":   true,
		"if (x) {\n  y()\n} else":    true,
		"`a":                         true,
		"`a`":                        false,
		"`a ${b":                     true,
		"`a ${`b ${c}`} d":           true,
		"`a ${`b ${{ c: 1 }.c}`} d`": false,
		"'a":                         false,
		"\"a":                        false,
		"'}'":                        false,
		"/* a":                       true,
		"/* a */":                    false,
		"// {":                       false,
		"/[/(]/.test(a)":             false,
		"a / b / (c":                 true,
		"x = /\\(/":                  false,
		"a++":                        false,
		"x!":                         false,
		"!":                          true,
		"typeof":                     true,
		".use counter/{":             false,
		".5 +":                       true,
		"[1, 2":                      true,
		"label:":                     false,
		"a;":                         false,
		"return":                     false,
		"if (x)":                     true,
		"if (x) y":                   false,
		"for (const a of b)":         true,
		"for await (const a of b)":   true,
		"while (x)":                  true,
		"do { x() } while (y)":       false,
		"function f()":               true,
		"function* g()":              true,
		"async function f()":         true,
		"f()":                        false,
		"2 * f()":                    false,
		"try":                        true,
		"try { x() } catch (e)":      true,
		"class A":                    true,
		"class A extends B":          true,
		"class A {}":                 false,
		"switch (x)":                 true,
		"é = {":                      true,
		"\u00a0":                     false,
	} {
		if got := Unfinished(code); got != want {
			t.Errorf("Unfinished(%q) = %v, want %v", code, got, want)
		}
	}
}

func FuzzUnfinished(f *testing.F) {
	for _, s := range []string{"1 + 1", "`a ${`b ${c}`} d", "/[/(]/", "{ a: '}' }", "\xff\x80(", "a\u2028b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, code string) {
		open := Unfinished(code)
		if strings.TrimSpace(code) == "" && open {
			t.Errorf("nothing is unfinished: %q", code)
		}
		// What is finished stays so behind a comment and a newline.
		if !open && !isCommand(strings.TrimSpace(code)) && !strings.ContainsAny(code, "`'\"/\\") && Unfinished(code+" /* c */\n") {
			t.Errorf("%q is finished, but not with a comment behind it", code)
		}
		// What has open brackets and nothing else is finished once they are closed.
		if only := strings.Trim(code, "([{"); only == "" && code != "" {
			var b strings.Builder
			for i := len(code) - 1; i >= 0; i-- {
				b.WriteByte(map[byte]byte{'(': ')', '[': ']', '{': '}'}[code[i]])
			}
			if !open || Unfinished(code+b.String()) {
				t.Errorf("%q with its brackets closed", code)
			}
		}
	})
}
