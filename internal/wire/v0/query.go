package v0

import (
	"strconv"
	"strings"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// MaxKeyPart is the longest part of a key, in UTF-16 units.
const MaxKeyPart = 128

// QueryKind tells how an actor is named.
type QueryKind uint8

// The four ways to name an actor.
const (
	GetForID QueryKind = iota
	GetForKey
	GetOrCreate
	Create
)

var queryNames = [...]string{"getForId", "getForKey", "getOrCreateForKey", "create"}

func (k QueryKind) String() string { return queryNames[k] }

// Query names an actor.
type Query struct {
	Kind    QueryKind
	ActorID string // GetForID
	Name    string // all others
	Key     []string
	Input   value.Value // Undefined when absent
	Region  string
}

// ParseQuery reads an actor query. A key that is one string counts as one part.
func ParseQuery(text string) (Query, error) {
	q := Query{Input: value.Undefined{}}
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		return q, errs.New(errs.InvalidQueryJSON, "Invalid query JSON: SyntaxError: %v", err)
	}
	root, ok := v.(*value.Object)
	if !ok {
		return q, zodError(wrongType("object", v, nil))
	}
	found := 0
	var body value.Value
	for i, name := range queryNames {
		if m, ok := root.Get(name); ok {
			q.Kind, body = QueryKind(i), m
			found++
		}
	}
	if found != 1 {
		return q, zodError(issue{code: "invalid_union",
			message: "Invalid input: want exactly one of " + strings.Join(queryNames[:], ", ")})
	}
	if issues := q.fill(body); len(issues) > 0 {
		return q, zodError(issues...)
	}
	return q, nil
}

// fill reads the member that tells the kind.
func (q *Query) fill(body value.Value) (issues []issue) {
	path := []string{q.Kind.String()}
	o, ok := body.(*value.Object)
	if !ok {
		return []issue{wrongType("object", body, path)}
	}
	text := func(name string, optional bool) string {
		v, ok := o.Get(name)
		s, isText := v.(string)
		switch {
		case isText, optional && (!ok || v == nil):
			return s
		case !ok:
			v = value.Undefined{}
		}
		issues = append(issues, wrongType("string", v, append(path[:1:1], name)))
		return ""
	}
	if q.Kind == GetForID {
		q.ActorID = text("actorId", false)
		return issues
	}
	q.Name = text("name", false)
	key, ok := o.Get("key")
	if !ok {
		key = value.Undefined{}
	}
	keyPath := append(path[:1:1], "key")
	switch key := key.(type) {
	case string:
		q.Key = []string{key}
	case *value.Array:
		q.Key = make([]string, len(key.Items))
		for i, it := range key.Items {
			if q.Key[i], ok = it.(string); !ok {
				issues = append(issues, wrongType("string", it, append(keyPath[:2:2], "#"+strconv.Itoa(i))))
			}
		}
	default:
		issues = append(issues, wrongType("array", key, keyPath))
	}
	for i, part := range q.Key {
		if UTF16Len(part) > MaxKeyPart {
			issues = append(issues, issue{code: "too_big", path: append(keyPath[:2:2], "#"+strconv.Itoa(i)),
				message: "String must contain at most 128 character(s)"})
		}
	}
	if q.Kind == GetForKey {
		return issues
	}
	if v, ok := o.Get("input"); ok {
		q.Input = v
	}
	q.Region = text("region", true)
	return issues
}

// AppendQuery appends q as the JSON that ParseQuery reads.
func AppendQuery(dst []byte, q Query) ([]byte, error) {
	o := &value.Object{}
	if q.Kind == GetForID {
		o.Set("actorId", q.ActorID)
	} else {
		key := &value.Array{Items: make([]value.Value, len(q.Key))}
		for i, k := range q.Key {
			key.Items[i] = k
		}
		o.Set("name", q.Name)
		o.Set("key", key)
		if q.Kind != GetForKey {
			if _, ok := q.Input.(value.Undefined); !ok {
				o.Set("input", q.Input)
			}
			if q.Region != "" {
				o.Set("region", q.Region)
			}
		}
	}
	return value.AppendJSON(dst, &value.Object{Keys: []string{q.Kind.String()}, Vals: []value.Value{o}})
}
