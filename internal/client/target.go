package client

import (
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
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
	id, name, key, err := inspect.ParseTarget(s)
	if err != nil {
		return Target{}, badTarget(s, err.Error())
	}
	return Target{ID: id, Name: name, Key: key}, nil
}

func badTarget(s, why string) error {
	return errs.New(errs.Usage, "%q names no actor: %s", s, why).
		WithHint("name it TYPE/KEY, such as counter/my-counter, or id:ID")
}

// String is the name that ParseTarget reads.
func (t Target) String() string {
	if t.ID != "" {
		return "id:" + t.ID
	}
	return inspect.FormatTarget(t.Name, t.Key)
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
