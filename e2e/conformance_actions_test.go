package e2e

import (
	"strings"
	"testing"
)

var actions = &topic{name: "conformance_actions"}

func of(actor string, key ...string) string { return query("getOrCreateForKey", actor, key...) }

const masked = `{"c":"internal_error","m":"Internal error. Read the server logs for more details.","md":{}}`

func TestConformance001IncrementDefaultArgument(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		q := of("counter", keyOf(t))
		w.call(t, q, "increment", `[]`).want(t, "increment()", 200, `{"o":1}`)
		w.call(t, q, "increment", `[5]`).want(t, "increment(5)", 200, `{"o":6}`)
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("counter", keyOf(t)), "")
		c.act(1, "increment", `[]`)
		c.expectResult(1, "1")
		c.act(2, "increment", `[5]`)
		c.expectResult(2, "6")
	})
	actions.everywhere(t, "line001", `[1,6]`)
}

func TestConformance002SyncAsyncAndPromiseActions(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		for _, name := range []string{"sync", "async", "promise"} {
			w.call(t, of("kinds"), name, `[{"x":[1,"a",null]}]`).want(t, name, 200, `{"o":{"x":[1,"a",null]}}`)
		}
		w.call(t, of("kinds"), "reject", `[]`).want(t, "reject", 400, `{"c":"user_error","m":"m"}`)
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("kinds"), "")
		for id, name := range []string{"sync", "async", "promise"} {
			c.act(id, name, `["x"]`)
			c.expectResult(id, `"x"`)
		}
		c.act(9, "reject", `[]`)
		c.expect(`{"b":{"e":{"c":"user_error","m":"m","ai":9}}}`)
	})
}

func TestConformance003NothingIsUndefined(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		for _, name := range []string{"nothing", "nothingLater"} {
			got := s.action(t, of("kinds"), name, w.encoding, w.encode(t, `{"a":[]}`))
			want := map[string]string{"json": "{}", "cbor": "\xb9\x00\x00"}[w.encoding]
			if got.status != 200 || got.body != want {
				t.Errorf("%s: got %d %q, want %q", name, got.status, got.body, want)
			}
		}
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("kinds"), "")
		c.act(1, "nothing", `[]`)
		c.expectResult(1, "")
	})
	actions.everywhere(t, "line003", `["undefined","undefined","undefined","undefined"]`)
}

// The three ways to make a UserError, as any client sees them: lines 4, 5, 6.
const userErrors = `[{"code":"k","message":"m","metadata":{"a":1}},{"code":"k","message":"m","metadata":{"a":1}},` +
	`{"code":"too_long","message":"Too long","metadata":{"maxLength":32}},{"code":"user_error","message":"m"}]`

func TestConformance004UserErrorReachesTheClientWhole(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		w.call(t, of("errors"), "whole", `[]`).want(t, "whole", 400, `{"c":"k","m":"m","md":{"a":1}}`)
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("errors"), "")
		c.act(3, "whole", `[]`)
		c.expect(`{"b":{"e":{"c":"k","m":"m","md":{"a":1},"ai":3}}}`)
	})
	actions.everywhere(t, "line004", userErrors)
}

func TestConformance005UserErrorTakesMeta(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		w.call(t, of("errors"), "meta", `[]`).want(t, "meta", 400, `{"c":"too_long","m":"Too long","md":{"maxLength":32}}`)
	})
}

func TestConformance006UserErrorHasADefaultCode(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		w.call(t, of("errors"), "plain", `[]`).want(t, "plain", 400, `{"c":"user_error","m":"m"}`)
		for _, code := range []string{`""`, `" "`, `null`, `42`, `{}`} {
			w.call(t, of("errors"), "coded", `[`+code+`]`).want(t, "code "+code, 400, `{"c":"user_error","m":"m"}`)
		}
	})
}

func TestConformance007OtherErrorsAreMaskedOnTheWire(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		w.call(t, of("errors", keyOf(t)), "secret", `["`+w.encoding+`"]`).want(t, "secret", 500, masked)
		w.call(t, of("errors", keyOf(t)), "secretLater", `[]`).want(t, "secretLater", 500, masked)
		w.call(t, of("errors", keyOf(t)), "noError", `[]`).want(t, "noError", 500, masked)
		w.call(t, of("errors", keyOf(t)), "nothing", `[]`).want(t, "nothing", 500, masked)
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("errors", keyOf(t)), "")
		c.act(4, "secret", `["a connection"]`)
		c.expect(`{"b":{"e":` + strings.TrimSuffix(masked, "}") + `,"ai":4}}}`)
	})
	t.Run("log", func(t *testing.T) {
		for text, line := range map[string]string{
			"secret of json": actions.lineOf(t, "// the line that the log tells"),
			"secret later":   actions.lineOf(t, `new Error("secret later")`),
			"secret text":    actions.lineOf(t, "noError: () => {"),
			`"msg":"nothing was thrown as an error: undefined"`: `"action":"nothing"`,
		} {
			within(t, patience, "the log has "+text+" at "+line, func() bool { return s.hasLog(text, line) })
		}
	})
}

func TestAThrownValueThatIsNoErrorIsLoggedOnce(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	for _, w := range []string{"first", "second"} { // what the second logs comes after all of the first
		s.json().call(t, of("errors", keyOf(t)), "throwValue", `["the `+w+` of `+keyOf(t)+`"]`).want(t, w, 500, masked)
		s.awaitLog(t, "the "+w+" of "+keyOf(t))
	}
	if n := strings.Count(s.output(), "the first of "+keyOf(t)); n != 1 {
		t.Errorf("%d lines of the log have it:\n%s", n, s.output())
	}
}

func TestTheLogHasTheCausesOfAnError(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	q := of("errors", keyOf(t))
	at := actions.lineOf(t, "const cause = new TypeError")
	s.json().call(t, q, "caused", `[false,"`+keyOf(t)+`/a"]`).want(t, "an Error", 500, masked)
	s.awaitLog(t, `"level":"error"`, "Caused by: TypeError: the inner one of "+keyOf(t)+"/a", at, "Caused by: the innermost of "+keyOf(t)+"/a")
	s.json().call(t, q, "caused", `[true,"`+keyOf(t)+`/b"]`).want(t, "a UserError", 400, `{"c":"user_error","m":"outer"}`)
	s.awaitLog(t, `"level":"warn"`, `"msg":"outer"`, "Caused by: TypeError: the inner one of "+keyOf(t)+"/b", at)
	s.json().call(t, q, "aggregate", `["`+keyOf(t)+`"]`).want(t, "an AggregateError", 500, masked)
	s.awaitLog(t, "Caused by: Error: the first of "+keyOf(t), "Caused by: RangeError: the second of "+keyOf(t))
}

// hasLog tells whether one line of the log has all these texts.
func (s *server) hasLog(texts ...string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
next:
	for _, line := range s.lines {
		for _, text := range texts {
			if !strings.Contains(line, text) {
				continue next
			}
		}
		return true
	}
	return false
}

func TestConformance008OtherErrorsAreWholeInProcess(t *testing.T) {
	t.Parallel()
	actions.inside(t, "line008", `[{"code":"internal_error","message":"secret of inside"},`+
		`{"code":"internal_error","message":"secret of inside"},{"code":"internal_error","message":"secret later"}]`)
}

func TestConformance009ActionsGoOnAfterAFailure(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		q := of("errors", keyOf(t))
		w.call(t, q, "plain", `[]`).wantCode(t, "plain", 400, "user_error")
		w.call(t, q, "increment", `[]`).want(t, "increment after a user error", 200, `{"o":1}`)
		// what an action did before it threw stays
		w.call(t, q, "secret", `["nine"]`).wantCode(t, "secret", 500, "internal_error")
		w.call(t, q, "increment", `[]`).want(t, "increment after an internal error", 200, `{"o":12}`)
	})
	actions.everywhere(t, "line009", `["user_error",1,"internal_error",12,"user_error",13,"internal_error",24]`)
}

func TestConformance010UnknownActions(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	names := []string{"nope", "toString", "constructor", "__proto__", "hasOwnProperty"}
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		for _, name := range names {
			w.call(t, of("counter"), name, `[]`).wantCode(t, name, 400, "action_not_found")
		}
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("counter"), "")
		for id, name := range names {
			c.act(id, name, `[]`)
			if frame := c.next(); codeOf(frame) != "action_not_found" {
				t.Errorf("%s: got %s", name, frame)
			}
		}
	})
}

func TestConformance011ActionTimeout(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		w.call(t, of("hasty", keyOf(t)), "slow", `[]`).wantCode(t, "slow", 400, "action_timed_out")
		w.call(t, of("patient", keyOf(t)), "slow", `[]`).want(t, "slow", 200, `{"o":"in time"}`)
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("hasty", keyOf(t)), "")
		c.act(1, "slow", `[]`)
		c.act(2, "sync", `[]`)
		c.act(3, "quick", `[]`)
		got := c.frames(3)
		if got[0] != `{"b":{"ar":{"i":2,"o":"sync"}}}` || got[1] != `{"b":{"ar":{"i":3,"o":"quick"}}}` ||
			codeOf(got[2]) != "action_timed_out" || !strings.Contains(got[2], `"ai":1}`) {
			t.Errorf("got %s", strings.Join(got, "\n"))
		}
	})
	t.Run("what it does later is kept", func(t *testing.T) {
		w := speaker{s, "json"}
		q := of("hasty", keyOf(t))
		c := w.dialLink(t, q, "")
		c.accepted()
		c.subscribe("late", true)
		c.act(1, "slow", `[]`)
		if frame := c.next(); codeOf(frame) != "action_timed_out" {
			t.Fatalf("got %s", frame)
		}
		c.expectEvent("late", `[1]`)
		w.call(t, q, "late", `[]`).want(t, "late", 200, `{"o":1}`)
	})
}

func TestConformance012ActionsByName(t *testing.T) {
	t.Parallel()
	actions.everywhere(t, "line012",
		`[2,4,"before it began","enough",6,8,"before it began","enough","fetched it","connected","resolved",8]`)
}

func TestConformance013SchemaErrorsAsMetadata(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	const issues = `[{"code":"invalid_type","path":["name"],"message":"Expected string"}]`
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		w.call(t, of("errors"), "schema", `[]`).want(t, "schema", 400, `{"c":"invalid_input","m":"Invalid input","md":`+issues+`}`)
	})
	actions.everywhere(t, "line013", `{"code":"invalid_input","isArray":true,"metadata":`+issues+`}`)
}

func TestConformance014ResultsAreSnapshots(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		q := of("log", keyOf(t))
		w.call(t, q, "listAndChange", `[]`).want(t, "listAndChange", 200, `{"o":[{"text":"first"}]}`)
		const later = `{"o":[{"text":"first"},{"text":"after the answer"}]}`
		within(t, patience, "the later change is there", func() bool { return w.call(t, q, "list", `[]`).body == later })
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("log", keyOf(t)), "")
		c.subscribe("messages", true)
		c.act(1, "tellAndChange", `[]`)
		c.expectEvent("messages", `[[{"text":"first"}]]`)
		c.expectEvent("mine", `[{"text":"first"}]`)
		c.expectResult(1, "")
		c.act(2, "list", `[]`)
		c.expectResult(2, `[{"text":"changed"},{"text":"after the event"}]`)
	})
	actions.everywhere(t, "line014", `{"first":[{"text":"first"}],`+
		`"second":[{"text":"changed by the caller"},{"text":"second"}],"third":[{"text":"first!"},{"text":"second"}]}`)
}

func TestConformance015EventsComeBeforeTheResponse(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("news", keyOf(t)), "")
		c.subscribe("told", true)
		c.act(1, "tell", `[]`)
		c.expectEvent("told", `[1,"first"]`)
		c.expectEvent("told", `[2,"second"]`)
		c.expectResult(1, "2")
		c.act(2, "tellLater", `[]`)
		c.expectEvent("told", `[3,"before"]`)
		c.expectEvent("told", `[4,"after"]`)
		c.expectResult(2, "4")
	})
	actions.everywhere(t, "line015", `[[1,"first"],[2,"second"],2,[3,"before"],[4,"after"],4,`+
		`[5,"first"],[6,"second"],6,[7,"before"],[8,"after"],8]`)
}

func TestConformance016SendToAnotherConnection(t *testing.T) {
	t.Parallel()
	actions.inside(t, "line016", `[true,[["one"]],true,[["one"],["two"]],true,[["one"],["two"],["three"]],true,4,false,4]`)
}

func TestConformance017OnBeforeActionResponse(t *testing.T) {
	t.Parallel()
	s := actions.server(t)
	const echoed = `{"data":2,"name":"echo","args":["a",{"b":1}],"conn":"string","same":{"p":1}}`
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		p := params(`{"p":1}`)
		w.call(t, of("wrapped"), "echo", `["a",{"b":1}]`, p...).want(t, "echo", 200, `{"o":`+echoed+`}`)
		w.call(t, of("wrapped"), "slow", `[]`, p...).want(t, "slow", 200, `{"o":{"data":"slow","name":"slow","args":[],"conn":"string","same":{"p":1}}}`)
		w.call(t, of("wrapped"), "broken", `[]`).want(t, "broken", 200, `{"o":"as it was"}`)
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("wrapped"), `{"p":1}`)
		c.act(1, "echo", `["a",{"b":1}]`)
		c.expectResult(1, echoed)
		c.act(2, "broken", `[]`)
		c.expectResult(2, `"as it was"`)
	})
	t.Run("log", func(t *testing.T) {
		at := actions.lineOf(t, `new Error("the hook is broken")`)
		within(t, patience, "the log has the hook's error", func() bool { return s.hasLog("the hook is broken", at) })
	})
}
