package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// readDotEnv reads .env and, over it, .env.local of a project.
func readDotEnv(dir string) (map[string]string, []Problem) {
	vars := map[string]string{}
	var problems []Problem
	for _, name := range []string{".env", ".env.local"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				problems = append(problems, Problem{At: name, Msg: "can't be read: " + cause(err)})
			}
			continue
		}
		more, wrong := parseDotEnv(name, string(text))
		vars = merge(vars, more)
		problems = append(problems, wrong...)
	}
	return vars, problems
}

// parseDotEnv reads NAME=value lines: comments, an `export` before the name,
// 'literal' values, and "quoted" ones with \n, \t, \" and line breaks.
func parseDotEnv(file, text string) (map[string]string, []Problem) {
	vars := map[string]string{}
	var problems []Problem
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	for line := 1; text != ""; {
		at := line
		head, rest, _ := strings.Cut(text, "\n")
		trimmed := strings.TrimSpace(head)
		if trimmed == "" || strings.HasPrefix(trimmed, "#") {
			text = rest
			line++
			continue
		}
		name, _, ok := strings.Cut(head, "=")
		name = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "export "))
		if !ok || !validName(name) {
			problems = append(problems, Problem{At: fmt.Sprintf("%s:%d:1", file, at), Msg: "want NAME=value"})
			text = rest
			line++
			continue
		}
		_, after, _ := strings.Cut(text, "=")
		value, left, ok := dotEnvValue(after)
		if !ok {
			problems = append(problems, Problem{At: fmt.Sprintf("%s:%d:1", file, at), Msg: "the quote after " + name + "= is not closed"})
			return vars, problems
		}
		line += strings.Count(text[:len(text)-len(left)], "\n")
		vars[name], text = value, left
	}
	return vars, problems
}

// dotEnvValue reads a value and the rest of its line; left is what follows.
func dotEnvValue(s string) (value, left string, ok bool) {
	s = strings.TrimLeft(s, " \t")
	if s != "" && (s[0] == '"' || s[0] == '\'' || s[0] == '`') {
		quote := s[0]
		var b strings.Builder
		for i := 1; i < len(s); i++ {
			switch {
			case s[i] == quote:
				_, left, _ = strings.Cut(s[i+1:], "\n")
				return b.String(), left, true
			case quote == '"' && s[i] == '\\' && i+1 < len(s):
				i++
				b.WriteString(unescape(s[i]))
			default:
				b.WriteByte(s[i])
			}
		}
		return "", "", false
	}
	value, left, _ = strings.Cut(s, "\n")
	if strings.HasPrefix(value, "#") {
		value = ""
	}
	value, _, _ = strings.Cut(value, " #")
	return strings.TrimSpace(value), left, true
}

func unescape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	case '"', '\\', '$':
		return string(c)
	}
	return `\` + string(c)
}

func validName(name string) bool {
	for i, r := range name {
		letter := r == '_' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
		if !letter && (i == 0 || r != '.' && r != '-' && (r < '0' || r > '9')) {
			return false
		}
	}
	return name != ""
}
