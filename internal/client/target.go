package client

import (
	"strings"

	"github.com/rivetdev/rivet/internal/errs"
)

// Target is an actor as a command line names it: by type and key, or by id.
type Target struct {
	ID   string // of "id:ID"; the rest is empty then
	Name string // the type
	Key  []string
}

// ParseTarget reads TYPE[/PART…] or id:ID. "counter" has the empty key,
// "counter/" the key [""]; a backslash takes the next "/", "\" or ":" literally.
// It is the inverse of [Target.String].
func ParseTarget(s string) (Target, error) {
	if id, ok := strings.CutPrefix(s, "id:"); ok {
		if id == "" {
			return Target{}, badTarget(s, "the id is missing")
		}
		return Target{ID: id}, nil
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
				return Target{}, badTarget(s, `a literal backslash is written \\`)
			}
			part.WriteByte(s[i])
		default:
			part.WriteByte(c)
		}
	}
	parts = append(parts, part.String())
	if parts[0] == "" {
		return Target{}, badTarget(s, "the actor's type is missing")
	}
	return Target{Name: parts[0], Key: parts[1:]}, nil
}

func badTarget(s, why string) error {
	return errs.New(errs.Usage, "%q names no actor: %s", s, why).
		WithHint("name it TYPE/KEY, such as counter/my-counter, or id:ID")
}

var escapePart = strings.NewReplacer(`\`, `\\`, `/`, `\/`)

// String is the name that ParseTarget reads.
func (t Target) String() string {
	if t.ID != "" {
		return "id:" + t.ID
	}
	var b strings.Builder
	name := escapePart.Replace(t.Name)
	if rest, ok := strings.CutPrefix(name, "id:"); ok {
		name = `id\:` + rest
	}
	b.WriteString(name)
	for _, part := range t.Key {
		b.WriteByte('/')
		b.WriteString(escapePart.Replace(part))
	}
	return b.String()
}

// Get is the query for an actor that exists.
func (t Target) Get() Query {
	if t.ID != "" {
		return Query{Kind: GetForID, ID: t.ID}
	}
	return Query{Kind: GetForKey, Name: t.Name, Key: t.Key}
}

// GetOrCreate is the query that creates the actor if need be; an actor named by
// its id must exist.
func (t Target) GetOrCreate() Query {
	if t.ID != "" {
		return t.Get()
	}
	return Query{Kind: GetOrCreate, Name: t.Name, Key: t.Key}
}
