package e2e

import (
	"slices"
	"strings"
	"testing"
)

var auth = &topic{name: "conformance_auth"}

func TestConformance018NoOnAuthIsForbidden(t *testing.T) {
	t.Parallel()
	s := auth.server(t)
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		q := of("closed", keyOf(t))
		w.call(t, q, "increment", `[]`).wantCode(t, "action", 403, "forbidden")
		w.resolve(t, q).wantCode(t, "resolve", 403, "forbidden")
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		w.dial(t, of("closed", keyOf(t)), "").expectRefusal("forbidden")
	})
	t.Run("raw", func(t *testing.T) {
		q := of("closed", keyOf(t))
		got := s.request(t, "GET", "/registry/actors/raw/http/x", "", "X-RivetKit-Query", q)
		if got.status != 403 || codeOf(got.body) != "forbidden" {
			t.Errorf("raw HTTP: got %d %s", got.status, got.body)
		}
		protocols := []string{"query." + escape(q), "encoding.json", "rivetkit"}
		s.dial(t, "/registry/actors/raw/websocket/x", protocols...).closedWith(1011, "forbidden")
	})
	auth.inside(t, "line018", `[1,2,"string"]`)
	t.Run("raw in process", func(t *testing.T) { auth.inside(t, "line018raw", `["inside","inside"]`) })
	auth.outside(t, "line018out", `["forbidden","forbidden","forbidden",403,"disconnected","forbidden"]`)
}

func TestConformance019WhatOnAuthReturns(t *testing.T) {
	t.Parallel()
	s := auth.server(t)
	kinds := map[string]string{
		"authNothing": `{"type":"undefined","json":"none"}`,
		"authNull":    `{"type":"object","json":"null"}`,
		"authTrue":    `{"type":"boolean","json":"true"}`,
		"authObject":  `{"type":"object","json":"{}"}`,
	}
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		for name, want := range kinds {
			w.call(t, of(name), "auth", `[]`).want(t, name, 200, `{"o":`+want+`}`)
		}
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		for name, want := range kinds {
			c := w.connect(t, of(name), "")
			c.act(1, "auth", `[]`)
			c.expectResult(1, want)
		}
	})
	const nothing, null, yes, object = `{"type":"undefined","json":"none"}`, `{"type":"object","json":"null"}`,
		`{"type":"boolean","json":"true"}`, `{"type":"object","json":"{}"}`
	auth.outside(t, "line019", "["+strings.Join([]string{nothing, nothing, null, null, yes, yes, object, object}, ",")+"]")
}

// sees compares what an actor's onAuth saw, for a stateless call and on each transport.
func sees(t *testing.T, actor, params string, call, connection string, headers ...string) {
	t.Helper()
	s := auth.server(t)
	withParams := headers
	if params != "" {
		withParams = append([]string{"X-RivetKit-Conn-Params", params}, headers...)
	}
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		w.call(t, of(actor), "seen", `[]`, withParams...).want(t, params, 200, `{"o":`+call+`}`)
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of(actor), params, headers...)
		c.act(1, "seen", `[]`)
		c.expectResult(1, connection)
	})
}

func TestConformance020OnAuthWithOptsAndParams(t *testing.T) {
	t.Parallel()
	const want = `{"apiKey":"k","fromOpts":"k","own":"k","request":true,"intents":true}`
	sees(t, "optsFirst", `{"apiKey":"k"}`, want, want)
}

func TestConformance021OnAuthWithParamsFirst(t *testing.T) {
	t.Parallel()
	sees(t, "paramsFirst", `{"authToken":"t"}`,
		`{"token":"t","header":"Basic dTpw","action":true,"connect":false}`,
		`{"token":"t","header":"Basic dTpw","action":false,"connect":true}`, "Authorization", "Basic dTpw")
}

func TestConformance022OnAuthWithOptsAlone(t *testing.T) {
	t.Parallel()
	s := auth.server(t)
	const p = `{"token":"t"}`
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		w.call(t, of("optsOnly"), "seen", `[]`, params(p)...).
			want(t, "call", 200, `{"o":{"same":true,"url":"/registry/actors/actions/seen","token":"t","get":true}}`)
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("optsOnly"), p)
		c.act(1, "seen", `[]`)
		_, way, _ := strings.Cut(t.Name()[strings.LastIndex(t.Name(), "/"):], "/")
		c.expectResult(1, `{"same":true,"url":"/registry/actors/connect/`+way+`","token":"t","get":true}`)
	})
}

func TestConformance023ParamsAreTheClientsFieldsAlone(t *testing.T) {
	t.Parallel()
	const object = `{"keys":["a","b"],"spread":{"a":1,"b":{"c":2}},"json":"{\"a\":1,\"b\":{\"c\":2}}","strict":"ok"}`
	const empty = `{"keys":[],"spread":{},"json":"{}","strict":"ok"}`
	for name, tt := range map[string]struct{ params, want string }{
		"an object": {`{"a":1,"b":{"c":2}}`, `{"first":` + object + `,"second":` + object + `,"raw":{"a":1,"b":{"c":2}}}`},
		"a string":  {`"tok"`, `{"first":` + empty + `,"second":{"value":"tok","isArray":false,"type":"string"},"raw":"tok"}`},
		"an array":  {`[1]`, `{"first":` + empty + `,"second":{"value":[1],"isArray":true,"type":"object"},"raw":[1]}`},
		"a number":  {`0`, `{"first":` + empty + `,"second":{"value":0,"isArray":false,"type":"number"},"raw":0}`},
		"absent":    {``, `{"first":` + empty + `,"second":` + empty + `,"raw":"none"}`},
	} {
		t.Run(name, func(t *testing.T) { sees(t, "shapes", tt.params, tt.want, tt.want) })
	}
}

func TestConformance024ParamsDoNotReplaceTheRequest(t *testing.T) {
	t.Parallel()
	const want = `{"first":[true,true,true],"second":[true,true,true],"raw":["r","q","i"],"polluted":"undefined"}`
	sees(t, "robust", `{"request":"r","req":"q","intents":"i","params":"p","__proto__":{"polluted":"yes"}}`,
		want, want)
}

func TestConformance025Intents(t *testing.T) {
	t.Parallel()
	s := auth.server(t)
	ways := map[string]struct{ query, intents string }{
		"get":         {query("getForKey", "intents", "a"), `"get"`},
		"getOrCreate": {of("intents", "a"), `"create","get"`},
		"create":      {query("create", "intents", "a"), `"create"`},
	}
	with := func(intents, more string) string {
		all := strings.Split(intents, ",")
		if more != "" {
			all = append(all, `"`+more+`"`)
		}
		slices.Sort(all)
		return strings.Join(all, ",")
	}
	refusal := func(intents string) string { return `{"c":"intents","m":"intents","md":[` + intents + `]}` }
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		for name, way := range ways {
			w.call(t, way.query, "x", `[]`).want(t, name, 400, refusal(with(way.intents, "action")))
			w.resolve(t, way.query).want(t, name+" resolve", 400, refusal(with(way.intents, "")))
			got := s.request(t, "GET", "/registry/actors/raw/http/x", "", "X-RivetKit-Query", way.query)
			if want := refusal(with(way.intents, "action")); got.status != 400 || got.body != want {
				t.Errorf("%s raw: got %d %s, want %s", name, got.status, got.body, want)
			}
		}
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		for _, way := range ways {
			c := w.dial(t, way.query, "")
			c.expect(`{"b":{"e":` + refusal(with(way.intents, "connect")) + `}}`)
			c.expectEnd(1011, "intents")
		}
	})
	auth.outside(t, "line025", `{"get":["action","get"],"getOrCreate":["action","create","get"],"create":["create"],`+
		`"connect":["connect","create","get"],"resolve":["get"]}`)
}

func TestConformance026WhatOnAuthThrows(t *testing.T) {
	t.Parallel()
	s := auth.server(t)
	const docs = ` (https://www.rivet.gg/docs/actors/authentication/)`
	tests := []struct {
		how    string
		status int
		code   string
		body   string
	}{
		{"user", 400, "missing_auth", `{"c":"missing_auth","m":"no","md":{"hint":"sign in"}}`},
		{"unauthorized", 401, "unauthorized", `{"c":"unauthorized","m":"m"}`},
		{"unauthorized default", 401, "unauthorized", `{"c":"unauthorized","m":"Unauthorized. Access denied.` + docs + `"}`},
		{"forbidden", 403, "forbidden", `{"c":"forbidden","m":"Forbidden. Access denied.` + docs + `"}`},
		{"forbidden with more", 403, "forbidden", `{"c":"forbidden","m":"not you","md":{"who":"you"}}`},
	}
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		for _, tt := range tests {
			p := params(`{"how":"` + tt.how + `"}`)
			w.call(t, of("refuses", keyOf(t)), "hi", `[]`, p...).want(t, tt.how, tt.status, tt.body)
			w.resolve(t, of("refuses", keyOf(t)), p...).want(t, tt.how+", resolve", tt.status, tt.body)
		}
		got := w.call(t, of("refuses", keyOf(t)), "hi", `[]`, params(`{"how":"crash"}`)...)
		if strings.Contains(got.body, "secret") || got.status < 400 {
			t.Errorf("a throw that is no UserError: %d %s", got.status, got.body)
		}
		w.call(t, of("refuses", keyOf(t)), "hi", `[]`).want(t, "no refusal", 200, `{"o":"hi"}`)
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		for _, tt := range tests {
			c := w.dial(t, of("refuses", keyOf(t)), `{"how":"`+tt.how+`"}`)
			c.expect(`{"b":{"e":` + tt.body + `}}`)
			c.expectEnd(1011, tt.code)
		}
	})
	auth.outside(t, "line026", `[["missing_auth","missing_auth"],["unauthorized","unauthorized"],["forbidden","forbidden"],["internal_error"]]`)
}

func TestConformance027RefusedGetOrCreateCreatesNothing(t *testing.T) {
	t.Parallel()
	s := auth.server(t)
	for i, where := range []string{"json", "cbor"} {
		t.Run(where, func(t *testing.T) {
			w, key := speaker{s, where}, keyOf(t)
			p := `{"how":"user"}`
			w.call(t, of("refuses", key), "hi", `[]`, params(p)...).wantCode(t, "action", 400, "missing_auth")
			w.resolve(t, of("refuses", key), params(p)...).wantCode(t, "resolve", 400, "missing_auth")
			w.resolve(t, query("create", "refuses", key), params(p)...).wantCode(t, "create", 400, "missing_auth")
			c := []func(testing.TB, string, string, ...string) *link{w.dialLink, w.streamLink}[i](t, of("refuses", key), p)
			c.expectRefusal("missing_auth")
			w.call(t, query("getForKey", "refuses", key), "hi", `[]`).wantCode(t, "get", 400, "actor_not_found")
			got := s.request(t, "GET", "/run/line027?key="+escape(key), "")
			if want := `["actor_not_found","hi"]`; got.body != want {
				t.Errorf("in process: got %s, want %s", got.body, want)
			}
		})
	}
}

func TestConformance028CodesAreLowerSnakeCase(t *testing.T) {
	t.Parallel()
	auth.outside(t, "line028", `["unauthorized","forbidden","actor_not_found"]`)
}

func TestConformance029OnBeforeConnect(t *testing.T) {
	t.Parallel()
	s := auth.server(t)
	const no = `{"no":true,"name":"Bob"}`
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		w.call(t, of("before", keyOf(t)), "mine", `[]`, params(no)...).want(t, "mine", 400, `{"c":"not_you","m":"not Bob"}`)
		w.call(t, of("before", keyOf(t)), "refused", `[]`).want(t, "refused", 200, `{"o":1}`)
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		w.dial(t, of("before", keyOf(t)), no).expectRefusal("not_you")
		w.call(t, of("before", keyOf(t)), "others", `[]`).want(t, "others", 200, `{"o":0}`)
	})
	auth.everywhere(t, "line029", `["not_you","not_you",2]`)
}

func TestConformance030ConnectionHooksSeeAuthAndParams(t *testing.T) {
	t.Parallel()
	s := auth.server(t)
	const want = `{"auth":{"role":"admin"},"params":{"name":"Ann"},"same":true}`
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		w.call(t, of("before", keyOf(t)), "mine", `[]`, params(`{"name":"Ann"}`)...).want(t, "mine", 200, `{"o":`+want+`}`)
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("before", keyOf(t)), `{"name":"Ann"}`)
		c.act(1, "mine", `[]`)
		c.expectResult(1, want)
	})
}

func TestConformance031AuthIsJSON(t *testing.T) {
	t.Parallel()
	const want = `{"request":{},"intents":{},"when":"1970-01-01T00:00:00.000Z","n":1}`
	sees(t, "odd", "", want, want)
}
