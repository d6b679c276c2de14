package e2e

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
)

var states = &topic{name: "conf_state"}

// throughActor is what an actor that calls another gets.
func throughActor(t testing.TB, s *server, name, key, action string) string {
	t.Helper()
	return s.call(t, of("caller", keyOf(t)), "call", `["`+name+`",["`+key+`"],"`+action+`"]`)
}

func wantInside(t testing.TB, got, code string, parts ...string) {
	t.Helper()
	var m struct{ Code, Message string }
	if err := json.Unmarshal([]byte(got), &m); err != nil || m.Code != code || !containsAll(m.Message, parts) {
		t.Errorf("got %s, want code %s and %q in the message", got, code, parts)
	}
}

func TestConformance062DeepChangesPersist(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "conf_state"))
	// What each change leaves; all else is as it was.
	const first = `{"nested":{"a":{"b":1}},"list":[3,1,2],"gone":true,"map":[["a",{"n":1}]],"set":[1],"date":0,"bytes":[1,2,3],"pair":[1,2],"xy":"xy"}`
	changed := map[string][2]string{
		"nested":     {`{"b":1}`, `{"b":2}`},
		"added":      {`{"b":1}`, `{"b":1,"c":[1,3]}`},
		"push":       {`[3,1,2]`, `[3,1,2,9]`},
		"sort":       {`[3,1,2]`, `[1,2,3]`},
		"splice":     {`[3,1,2]`, `[3,7,8,2]`},
		"length":     {`[3,1,2]`, `[3]`},
		"reverse":    {`[3,1,2]`, `[2,1,3]`},
		"delete":     {`"gone":true`, `"gone":false`},
		"mapSet":     {`{"n":1}]`, `{"n":1}],["b",{"n":2}]`},
		"mapInner":   {`{"n":1}`, `{"n":5}`},
		"mapDelete":  {`["a",{"n":1}]`, ``},
		"setAdd":     {`"set":[1]`, `"set":[1,2]`},
		"setClear":   {`"set":[1]`, `"set":[]`},
		"date":       {`"date":0`, `"date":978307200000`},
		"bytes":      {`"bytes":[1,2,3]`, `"bytes":[1,200,3]`},
		"bytesFill":  {`"bytes":[1,2,3]`, `"bytes":[1,7,7]`},
		"whole":      {`[3,1,2]`, `[0]`},
		"filter":     {`[3,1,2]`, `[3,2]`},
		"swap":       {`"pair":[1,2]`, `"pair":[2,1]`},
		"swapFields": {`"xy"}`, `"yx"}`},
	}
	q := func(name string) string { return of("deep", keyOf(t), name) }
	want := func(name string) string {
		text := strings.Replace(first, changed[name][0], changed[name][1], 1)
		if name == "whole" {
			text = strings.Replace(text, `"xy"}`, `"wholey"}`, 1)
		}
		return text
	}
	var names []string
	if err := json.Unmarshal([]byte(s.call(t, q("-"), "names", `[]`)), &names); err != nil || len(names) != len(changed) {
		t.Fatalf("the project knows the changes %v: %v", names, err)
	}
	for _, name := range names {
		s.wantCall(t, q(name), "look", `[]`, first)
		s.call(t, q(name), "change", `["`+name+`"]`)
		s.wantCall(t, q(name), "look", `[]`, want(name))
	}
	s = s.again(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) { s.wantCall(t, q(name), "look", `[]`, want(name)) })
	}
}

func TestConformance063StateBehavesAsItself(t *testing.T) {
	t.Parallel()
	s := states.server(t)
	s.wantCall(t, of("plain", keyOf(t)), "uses", `[]`, `{"clone":["bob","ann",2,1,true],"stringify":"{\"name\":\"ann\",\"tags\":[\"a\",\"b\"]}",`+
		`"spread":{"name":"ann","tags":["a","b"]},"entries":[["name","ann"],["tags",["a","b"]]],"forIn":["name","tags"],`+
		`"keys":["nested","list","gone","map","set","date","bytes","pair","x","y","user"],"isArray":true,"instances":[true,true,true,true],`+
		`"date":[0,"1970-01-01T00:00:00.000Z"],"array":[[6,2,4],true,[3,1,2],[3,1,2,4]],"map":[1,false,["a"]],"sum":6,`+
		`"destructured":"ann","same":true,"json":"1970-01-01T00:00:00.000Z"}`)
}

func TestConformance064RoundTripAfterRestart(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "conf_state"))
	q := of("kept", keyOf(t))
	s.call(t, q, "fill", `[]`)
	const want = `{"checked":42,"wrong":[]}`
	s.wantCall(t, q, "check", `[]`, want)
	s = s.again(t)
	s.wantCall(t, q, "check", `[]`, want)
}

func TestConformance065FunctionInStateIsRefused(t *testing.T) {
	t.Parallel()
	s := states.server(t)
	const before = `{"users":[{"name":"a"},{"name":"b"},{"name":"c"},{"name":"d"}],"map":[],"set":[]}`
	for action, path := range map[string]string{
		"assign":  "state.users[3].cb",
		"push":    "state.users[4].cb.deeper[0]",
		"symbol":  "state.users[0].cb",
		"promise": "state.users[0].cb",
		"weakMap": "state.users[0].cb",
		"map":     "state.map",
		"set":     "state.set",
		"whole":   "state.users",
	} {
		t.Run(action, func(t *testing.T) {
			key := keyOf(t)
			wantInside(t, throughActor(t, s, "refuses", key, action), "invalid_state_type", path)
			s.json().call(t, of("refuses", key), action, `[]`).want(t, "on the wire", 500, masked)
			s.wantCall(t, of("refuses", key), "look", `[]`, before)
		})
	}
	t.Run("caught", func(t *testing.T) {
		q := of("refuses", keyOf(t))
		wantInside(t, s.call(t, q, "caught", `[]`), "invalid_state_type", "state.users[3].cb")
		s.wantCall(t, q, "look", `[]`, strings.Replace(before, `"d"`, `"after"`, 1))
	})
}

func TestConformance066StateIsClonedPerActor(t *testing.T) {
	t.Parallel()
	s := states.server(t)
	s.call(t, of("cloned", keyOf(t), "a"), "change", `[]`)
	s.wantCall(t, of("cloned", keyOf(t), "a"), "get", `[]`, `[[[1,2]],[["a",[1,2]]]]`)
	for _, key := range []string{"b", "c", "d", "e", "f", "g", "h", "i"} { // on every isolate
		s.wantCall(t, of("cloned", keyOf(t), key), "get", `[]`, `[[[1]],[["a",[1]]]]`)
	}
}

func TestConformance067NoState(t *testing.T) {
	t.Parallel()
	s := states.server(t)
	for _, action := range []string{"read", "write"} {
		wantInside(t, throughActor(t, s, "bare", keyOf(t), action), "state_not_enabled")
		s.json().call(t, of("bare", keyOf(t)), action, `[]`).want(t, action, 500, masked)
	}
	s.wantCall(t, of("bare", keyOf(t)), "fine", `[]`, `"fine"`)
}

func TestConformance068SaveState(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "conf_state"))
	q := of("counter", keyOf(t))
	s.wantCall(t, q, "save", `[]`, `["undefined","undefined","undefined"]`)
	c := s.wired().connect(t, q, "")
	c.subscribe("saved", true)
	c.act(0, "later", `[7]`)
	c.expectResult(0, "")
	c.expectEvent("saved", `[7]`)
	s = s.again(t)
	s.wantCall(t, q, "get", `[]`, `7`)
}

func TestConformance069ThrowingKeepsEarlierChanges(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "conf_state"))
	thrown, rejected := of("counter", keyOf(t), "thrown"), of("counter", keyOf(t), "rejected")
	s.json().call(t, thrown, "setAndThrow", `[5]`).want(t, "throw", 400, `{"c":"thrown","m":"after the change"}`)
	s.json().call(t, rejected, "setAndReject", `[6]`).want(t, "reject", 500, masked)
	s.wantCall(t, thrown, "get", `[]`, `5`)
	s.wantCall(t, rejected, "get", `[]`, `6`)
	s.call(t, thrown, "get", `[]`)
	s.json().call(t, thrown, "setAndThrow", `[8]`).wantCode(t, "throw again", 400, "thrown")
	s = s.again(t) // the error that was sent vouches for the change
	s.wantCall(t, thrown, "get", `[]`, `8`)
	s.wantCall(t, rejected, "get", `[]`, `6`)
}

func TestConformance070OldLocalReferences(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "conf_state"))
	adopted, later := of("counter", keyOf(t), "adopted"), of("counter", keyOf(t), "later")
	s.wantCall(t, adopted, "adopt", `[]`, `1`)
	s.wantCall(t, adopted, "list", `[]`, `[{"x":1}]`)
	s.call(t, later, "adopt", `[]`)
	s.call(t, later, "mutateLater", `[]`)
	seen := s.call(t, later, "list", `[]`)
	if seen != `[{"x":1}]` && seen != `[{"x":2}]` {
		t.Errorf("after a change through the old reference: %s", seen)
	}
	s = s.again(t)
	t.Run("changed in the same turn", func(t *testing.T) { s.wantCall(t, adopted, "list", `[]`, `[{"x":1}]`) })
	t.Run("kept and changed in a later call", func(t *testing.T) { s.wantCall(t, later, "list", `[]`, seen) }) // never what nobody saw
}

func TestConformance071InputReachesCreateStateAndOnCreate(t *testing.T) {
	t.Parallel()
	s := states.server(t)
	t.Run("in process", func(t *testing.T) {
		s.wantCall(t, of("caller"), "inputs", `["`+keyOf(t)+`"]`, `[[1,1],[2,2],["undefined","undefined"],[1,1]]`)
	})
	t.Run("wire", func(t *testing.T) {
		key := keyOf(t)
		with := func(kind string, start string) string {
			return `{"` + kind + `":{"name":"fromInput","key":["` + key + `"],"input":{"start":` + start + `}}}`
		}
		if got := s.json().resolve(t, with("create", "4")); got.status != 200 {
			t.Fatalf("create: %+v", got)
		}
		s.wantCall(t, with("getOrCreateForKey", "5"), "get", `[]`, `[4,4]`)
		s.wantCall(t, of("fromInput", key, "none"), "get", `[]`, `["undefined","undefined"]`)
	})
}

func TestConformance072OnCreateTakesInputThird(t *testing.T) {
	t.Parallel()
	s := states.server(t)
	with := func(name string) string {
		return `{"getOrCreateForKey":{"name":"` + name + `","key":["` + keyOf(t) + `"],"input":{"start":1}}}`
	}
	s.wantCall(t, with("third"), "get", `[]`, `[{"start":1},{"start":1}]`)
	s.wantCall(t, with("thirdDefault"), "get", `[]`, `[{"start":1},{"start":1}]`)
	s.wantCall(t, of("thirdDefault", keyOf(t), "none"), "get", `[]`, `["undefined",{"start":-1}]`)
}

func TestConformance073CreateStateKnowsKeyNameAndID(t *testing.T) {
	t.Parallel()
	s := states.server(t)
	q := of("born", keyOf(t))
	var id struct{ I string }
	if err := json.Unmarshal([]byte(s.json().resolve(t, q).body), &id); err != nil || id.I == "" {
		t.Fatalf("resolve: %v", err)
	}
	s.wantCall(t, q, "get", `[]`, `{"id":"`+keyOf(t)+`","n":"born","a":"`+id.I+`","thrown":"state_not_enabled","same":true}`)
}

func TestConformance074KeyNameAndRegion(t *testing.T) {
	t.Parallel()
	s := states.server(t)
	meta := func(key, region string, parts ...string) string {
		var id struct{ I string }
		if err := json.Unmarshal([]byte(s.json().resolve(t, of("named", parts...)).body), &id); err != nil {
			t.Fatal(err)
		}
		return `{"key":` + key + `,"isArray":true,"alias":` + key + `,"name":"named","region":"` + region + `","id":"` + id.I + `"}`
	}
	key := `["` + keyOf(t) + `"]`
	s.wantCall(t, of("caller"), "names", key, `[`+meta(key, "local", keyOf(t))+`,`+meta(`[]`, "local")+`]`)
	far := `{"getOrCreateForKey":{"name":"named","key":["` + keyOf(t) + `","far"],"region":"atl"}}`
	got := s.call(t, far, "meta", `[]`)
	if want := meta(`["`+keyOf(t)+`","far"]`, "atl", keyOf(t), "far"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAnInstanceOfAClassIsTheSameBeforeAndAfterSleep(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "conf_state"))
	for _, part := range []string{"a", "b"} { // one class, one warning
		s.wantCall(t, of("points", keyOf(t, part)), "set", `[]`, `[false,3]`)
	}
	get := func(when string) {
		t.Helper()
		if got := s.call(t, of("points", keyOf(t, "a")), "get", `[]`); got != `[false,"undefined","x,y",true]` {
			t.Errorf("%s: %s", when, got)
		}
	}
	get("before")
	if n := strings.Count(s.output(), "class Point became part of the state"); n != 1 {
		t.Errorf("%d warnings about one class:\n%s", n, s.output())
	}
	s = s.again(t)
	get("after")
}

func TestConformance075Vars(t *testing.T) {
	t.Parallel()
	s := states.server(t)
	for _, part := range []string{"a", "b"} { // the second sees nothing of the first
		s.wantCall(t, of("varied", keyOf(t, part)), "use", `[]`, `{"list":[0,1],"same":true,"isEmitter":true,"heard":"`+keyOf(t, part)+`","twice":42}`)
	}
	for n := range 20 { // more than there are threads: some share one
		s.wantCall(t, of("bytes", keyOf(t, "bytes", strconv.Itoa(n))), "use", `[]`, `[[2,2],"bb",1,1,1,true]`)
	}
	s.wantCall(t, of("made", keyOf(t)), "get", `[]`, `{"driver":"object","isNull":false,"n":21,"key":["`+keyOf(t)+`"]}`)
	s.json().call(t, of("neverMade", keyOf(t)), "get", `[]`).want(t, "createVars that never ends", 500, masked)
	wantInside(t, throughActor(t, s, "neverMade", keyOf(t), "get"), "internal_error", "createVars", "20 ms")
	s.wantCall(t, of("soonMade", keyOf(t)), "get", `[]`, `"in time"`)
}

func TestConformance076NoVars(t *testing.T) {
	t.Parallel()
	s := states.server(t)
	wantInside(t, throughActor(t, s, "bare", keyOf(t), "vars"), "vars_not_enabled")
	s.json().call(t, of("bare", keyOf(t)), "vars", `[]`).want(t, "vars", 500, masked)
}
