package inspect

import (
	"errors"
	"strings"
)

// ParseTarget reads an actor as people name it, TYPE[/PART…] or id:ID.
// "counter" has the empty key, "counter/" the key [""]; a backslash takes the
// next "/", "\" or ":" literally.
func ParseTarget(s string) (id, name string, key []string, err error) {
	if id, ok := strings.CutPrefix(s, "id:"); ok {
		if id == "" {
			return "", "", nil, errors.New("the id is missing")
		}
		return id, "", nil, nil
	}
	var parts []string
	var part strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '/':
			parts = append(parts, part.String())
			part.Reset()
		case '\\':
			i++
			if i == len(s) || !strings.ContainsRune(`/\:`, rune(s[i])) {
				return "", "", nil, errors.New(`a literal backslash is written \\`)
			}
			part.WriteByte(s[i])
		default:
			part.WriteByte(c)
		}
	}
	parts = append(parts, part.String())
	if parts[0] == "" {
		return "", "", nil, errors.New("the actor's type is missing")
	}
	return "", parts[0], parts[1:], nil
}

var escapePart = strings.NewReplacer(`\`, `\\`, `/`, `\/`)

// FormatTarget is the name that ParseTarget reads.
func FormatTarget(name string, key []string) string {
	var b strings.Builder
	name = escapePart.Replace(name)
	if rest, ok := strings.CutPrefix(name, "id:"); ok {
		name = `id\:` + rest
	}
	b.WriteString(name)
	for _, part := range key {
		b.WriteByte('/')
		b.WriteString(escapePart.Replace(part))
	}
	return b.String()
}
