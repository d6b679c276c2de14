package ring

import (
	"encoding/json"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

func parsed(t *testing.T, text string) value.Value {
	t.Helper()
	var tagged inspect.Tagged
	if err := json.Unmarshal([]byte(text), &tagged); err != nil {
		t.Fatal(err)
	}
	v, err := tagged.Value()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestRedactedValues(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		patterns []string
		in, want string // tagged JSON
	}{
		"a member":             {[]string{"/password"}, `{"name":"a","password":"p"}`, `{"name":"a","password":"[redacted]"}`},
		"any part":             {[]string{"/users/*/password"}, `{"users":{"a":{"password":"p","x":1},"b":{}},"password":"kept"}`, `{"users":{"a":{"password":"[redacted]","x":1},"b":{}},"password":"kept"}`},
		"an array":             {[]string{"/*/key", "/1"}, `[{"key":1},{"key":2}]`, `[{"key":"[redacted]"},"[redacted]"]`},
		"all below":            {[]string{"/a"}, `{"a":{"b":[1,2]}}`, `{"a":"[redacted]"}`},
		"the root":             {[]string{""}, `{"a":1}`, `"[redacted]"`},
		"a Map":                {[]string{"/users/*/password", "/by/7"}, `{"users":{"$map":[["a",{"password":"p"}]]},"by":{"$map":[[7,"x"],[8,"y"]]}}`, `{"users":{"$map":[["a",{"password":"[redacted]"}]]},"by":{"$map":[[7,"[redacted]"],[8,"y"]]}}`},
		"a Map by objects":     {[]string{"/a/b"}, `{"a":{"$map":[[{"k":1},"x"]]}}`, `{"a":{"$map":[[{"k":1},"[redacted]"]]}}`},
		"a Set":                {[]string{"/*/p"}, `{"$set":[{"p":1}]}`, `{"$set":[{"p":"[redacted]"}]}`},
		"escaped parts":        {[]string{"/a~1b"}, `{"a/b":1}`, `{"a/b":"[redacted]"}`},
		"nothing that matches": {[]string{"/x/y"}, `{"x":1,"y":[2]}`, `{"x":1,"y":[2]}`},
		"no pointer":           {[]string{"password"}, `{"password":1}`, `{"password":1}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := NewRedactor(tt.patterns)
			in := parsed(t, tt.in)
			got, _ := json.Marshal(inspect.TaggedOf(d.Value(in)))
			if string(got) != tt.want {
				t.Errorf("a value: %s\nwant %s", got, tt.want)
			}
			tree := d.Patch(inspect.Patch{{Op: "replace", Path: "", Value: inspect.Tag(in)}})
			if got, _ := json.Marshal(inspect.Tagged{Tree: tree[0].Value}); string(got) != tt.want {
				t.Errorf("a state that was replaced: %s\nwant %s", got, tt.want)
			}
			if again, _ := json.Marshal(inspect.TaggedOf(in)); string(again) != tt.in {
				t.Errorf("the value itself was changed: %s", again)
			}
		})
	}
}

func TestRedactedPatches(t *testing.T) {
	t.Parallel()
	d := NewRedactor([]string{"/users/*/password", "/token"})
	for path, tt := range map[string]struct{ in, want string }{
		"/users/a":                   {`{"password":"p","n":1}`, `{"password":"[redacted]","n":1}`},
		"/users/a/password":          {`"p"`, `"[redacted]"`},
		"/users/a/password/0":        {`"p"`, `"[redacted]"`},
		"/users/$map/3/1":            {`{"password":"p"}`, `{"password":"[redacted]"}`},
		"/users/$map/3":              {`["a",{"password":"p"}]`, `["a",{"password":"[redacted]"}]`},
		"/users/$map/3/1/password":   {`"p"`, `"[redacted]"`},
		"/users/$obj/0/1/password":   {`"p"`, `"[redacted]"`},
		"/token":                     {`1`, `"[redacted]"`},
		"/tokens":                    {`1`, `1`},
		"/users/a/name":              {`"n"`, `"n"`},
		"/problem/$err/fields/token": {`"t"`, `"t"`},
	} {
		tree, err := value.ParseJSON([]byte(tt.in))
		if err != nil {
			t.Fatal(err)
		}
		p := d.Patch(inspect.Patch{{Op: "add", Path: path, Value: tree}, {Op: "remove", Path: path}})
		if got, _ := value.AppendJSON(nil, p[0].Value); string(got) != tt.want || p[1].Value != nil {
			t.Errorf("%s: %s; want %s", path, got, tt.want)
		}
	}
}

func TestRedactedEntries(t *testing.T) {
	t.Parallel()
	r := New(Options{Redact: []string{"/password", "/user/password"}})
	secret := parsed(t, `{"password":"p","n":1}`)
	e := &actor.Entry{Seq: 1, Kind: actor.EntryAction, Args: []value.Value{secret, "x"}, Output: secret,
		Err: &errs.Error{Code: "c", Msg: "m", Public: true, Metadata: secret},
		Log: &actor.Log{Fields: []actor.LogField{{Key: "password", Value: "p"}, {Key: "user", Value: secret}}}}
	r.Observe(e)
	got := r.Records("", true)[0]
	text := func(v any) string {
		b, _ := json.Marshal(inspect.TaggedOf(v))
		return string(b)
	}
	const want = `{"password":"[redacted]","n":1}`
	if text(got.Args[0]) != want || text(got.Args[1]) != `"x"` || text(got.Output) != want ||
		text(errs.As(got.Err).Metadata) != want || text(got.Log.Fields[0].Value) != `"[redacted]"` || text(got.Log.Fields[1].Value) != want {
		t.Errorf("kept %+v, log %+v", got.Entry, got.Log)
	}
	if text(e.Args[0]) != `{"password":"p","n":1}` {
		t.Error("the entry itself was changed")
	}
	r.Redact(nil)
	r.Observe(e)
	if got := r.Records("", true)[1]; text(got.Args[0]) != text(secret) {
		t.Errorf("without patterns %s is kept", text(got.Args[0]))
	}
}

func TestRedactedCode(t *testing.T) {
	t.Parallel()
	d := NewRedactor([]string{"/users/*/password"})
	for in, want := range map[string]string{
		`login({ name: "a", password: "p\"q" })`: `login({ name: "a", password: "[redacted]" })`,
		`login({ "password": 'p' })`:             `login({ "password": "[redacted]" })`,
		"const password = `p`;":                  `const password = "[redacted]";`,
		`c.passwords(1)`:                         `c.passwords(1)`,
		`login("a")`:                             `login("a")`,
	} {
		if got := d.Code(in); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
}
