package client

import (
	"reflect"
	"testing"

	"github.com/rivetdev/rivet/internal/errs"
)

func TestTargetsParseAndPrint(t *testing.T) {
	tests := map[string]Target{
		"counter":             {Name: "counter", Key: []string{}},
		"counter/":            {Name: "counter", Key: []string{""}},
		"counter/my-counter":  {Name: "counter", Key: []string{"my-counter"}},
		"game/eu/42":          {Name: "game", Key: []string{"eu", "42"}},
		`a/b\/c/d\\`:          {Name: "a", Key: []string{"b/c", `d\`}},
		"id:704e99e868244ebb": {ID: "704e99e868244ebb"},
		"id:a/b\\":            {ID: `a/b\`},
		`id\:x/y`:             {Name: "id:x", Key: []string{"y"}},
		"counter/id:7":        {Name: "counter", Key: []string{"id:7"}},
	}
	for in, want := range tests {
		got, err := ParseTarget(in)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("ParseTarget(%q) = %+v, %v; want %+v", in, got, err, want)
		}
		if s := want.String(); s != in {
			t.Errorf("%+v prints %q, want %q", want, s, in)
		}
	}
	for _, in := range []string{"", "/a", "id:", `a\`, `a/\n`} {
		if got, err := ParseTarget(in); !errs.Is(err, errs.Usage) {
			t.Errorf("ParseTarget(%q) = %+v, %v; want usage", in, got, err)
		}
	}
}

func FuzzTarget(f *testing.F) {
	f.Add("counter", "a", "b/c")
	f.Add("id:x", `\`, "")
	f.Add(`\id:`, "/", ":")
	f.Fuzz(func(t *testing.T, name, a, b string) {
		for _, want := range []Target{
			{Name: name, Key: []string{}}, {Name: name, Key: []string{a}}, {Name: name, Key: []string{a, b}}, {ID: a},
		} {
			if want.Name == "" && want.ID == "" {
				continue
			}
			got, err := ParseTarget(want.String())
			if err != nil || !reflect.DeepEqual(normal(got), normal(want)) {
				t.Errorf("%+v prints %q, which parses as %+v, %v", want, want, got, err)
			}
		}
		if got, err := ParseTarget(a); err == nil {
			again, err := ParseTarget(got.String())
			if err != nil || !reflect.DeepEqual(got, again) {
				t.Errorf("%q parses as %+v, printed and parsed again %+v, %v", a, got, again, err)
			}
		}
	})
}

func normal(t Target) Target {
	if t.ID != "" {
		return Target{ID: t.ID}
	}
	return t
}
