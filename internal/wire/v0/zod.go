package v0

import (
	"math/big"
	"strconv"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// issue is one thing wrong with a request, in the form in which clients of the
// protocol know it. A step of path that begins with # is an index.
type issue struct {
	code, expected, received string
	path                     []string
	message                  string
}

func wrongType(expected string, got value.Value, path []string) issue {
	it := issue{code: "invalid_type", expected: expected, received: typeName(got), path: path}
	if it.received == "undefined" {
		it.message = "Required"
	} else {
		it.message = "Expected " + expected + ", received " + it.received
	}
	return it
}

func typeName(v value.Value) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case value.Undefined, value.Hole:
		return "undefined"
	case bool:
		return "boolean"
	case float64:
		if v != v {
			return "nan"
		}
		return "number"
	case string:
		return "string"
	case *big.Int:
		return "bigint"
	case value.Date:
		return "date"
	case *value.Array:
		return "array"
	case *value.Map:
		return "map"
	case *value.Set:
		return "set"
	}
	return "object"
}

func (it issue) object() *value.Object {
	path := &value.Array{}
	for _, step := range it.path {
		if n, err := strconv.Atoi(step[min(1, len(step)):]); err == nil && step[0] == '#' {
			path.Items = append(path.Items, float64(n))
		} else {
			path.Items = append(path.Items, step)
		}
	}
	o := &value.Object{}
	o.Set("code", it.code)
	if it.code == "too_big" {
		o.Set("maximum", float64(MaxKeyPart))
		o.Set("type", "string")
		o.Set("inclusive", true)
		o.Set("exact", false)
	}
	if it.expected != "" {
		o.Set("expected", it.expected)
		o.Set("received", it.received)
	}
	if it.code == "invalid_union" {
		o.Set("path", path)
		o.Set("message", it.message)
		return o
	}
	if it.code == "too_big" {
		o.Set("message", it.message)
		o.Set("path", path)
		return o
	}
	o.Set("path", path)
	o.Set("message", it.message)
	return o
}

// zodError is invalid_request with the issues as indented JSON.
func zodError(issues ...issue) *errs.Error {
	list := &value.Array{}
	for _, it := range issues {
		list.Items = append(list.Items, it.object())
	}
	return errs.New(errs.InvalidRequest, "Invalid request: %s", appendIndented(nil, list, ""))
}

// appendIndented appends v as JSON.stringify(v, null, 2) does; it serves issues alone.
func appendIndented(dst []byte, v value.Value, indent string) []byte {
	inner := indent + "  "
	switch v := v.(type) {
	case *value.Array:
		if len(v.Items) == 0 {
			return append(dst, "[]"...)
		}
		dst = append(dst, '[')
		for i, it := range v.Items {
			dst = append(dst, separator(i)+"\n"+inner...)
			dst = appendIndented(dst, it, inner)
		}
		return append(dst, "\n"+indent+"]"...)
	case *value.Object:
		dst = append(dst, '{')
		for i, k := range v.Keys {
			dst = append(dst, separator(i)+"\n"+inner...)
			dst, _ = value.AppendJSON(dst, k)
			dst = append(dst, ": "...)
			dst = appendIndented(dst, v.Vals[i], inner)
		}
		return append(dst, "\n"+indent+"}"...)
	}
	dst, _ = value.AppendJSON(dst, v)
	return dst
}

func separator(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

// MissingHeaders is the body with which a typed route answers a request that
// lacks required headers: 400, application/json, and not the form of other errors.
func MissingHeaders(names ...string) []byte {
	list := &value.Array{}
	for _, n := range names {
		list.Items = append(list.Items, wrongType("string", value.Undefined{}, []string{n}).object())
	}
	e := &value.Object{Keys: []string{"issues", "name"}, Vals: []value.Value{list, "ZodError"}}
	body, _ := value.AppendJSON(nil, &value.Object{Keys: []string{"success", "error"}, Vals: []value.Value{false, e}})
	return body
}
