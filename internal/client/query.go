package client

import (
	"github.com/rivetdev/rivet/internal/value"
)

// QueryKind tells how a Query names its actor.
type QueryKind uint8

// The four ways of the protocol.
const (
	GetForID    QueryKind = iota // by ID
	GetForKey                    // by Name and Key; it must exist
	GetOrCreate                  // by Name and Key
	Create                       // by Name and Key; it must not exist
)

// Query names an actor.
type Query struct {
	Kind   QueryKind
	ID     string
	Name   string
	Key    []string
	Input  value.Value // of the creation; nil or Undefined: none
	Region string
}

// value is the query as the protocol writes it.
func (q Query) value() *value.Object {
	if q.Kind == GetForID {
		return object("getForId", object("actorId", q.ID))
	}
	items := make([]value.Value, len(q.Key))
	for i, part := range q.Key {
		items[i] = part
	}
	body := object("name", q.Name, "key", &value.Array{Items: items})
	if q.Kind == GetForKey {
		return object("getForKey", body)
	}
	if given(q.Input) {
		body.Set("input", q.Input)
	}
	if q.Region != "" {
		body.Set("region", q.Region)
	}
	if q.Kind == Create {
		return object("create", body)
	}
	return object("getOrCreateForKey", body)
}

// given reports whether an optional value is there.
func given(v value.Value) bool {
	_, undefined := v.(value.Undefined)
	return v != nil && !undefined
}

// object makes an object of alternating keys and values.
func object(members ...value.Value) *value.Object {
	o := &value.Object{}
	for i := 0; i < len(members); i += 2 {
		o.Set(members[i].(string), members[i+1])
	}
	return o
}
