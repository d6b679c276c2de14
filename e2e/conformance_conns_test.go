package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

var conns = &topic{name: "conformance_conns"}

func TestConformance046ConnStateIsPerConnection(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("cloned", keyOf(t))
		a, b := w.connect(t, q, ""), w.connect(t, q, "")
		a.act(1, "change", `["second"]`)
		a.expectResult(1, `{"n":1,"nested":{"list":["first","second"]}}`)
		b.act(1, "mine", `[]`)
		b.expectResult(1, `{"n":0,"nested":{"list":["first"]}}`)
		sleepAndWake(t, a)
		a.act(100, "mine", `[]`)
		a.expectResult(100, `{"n":1,"nested":{"list":["first","second"]}}`)
		b.act(100, "change", `["x"]`)
		b.expectResult(100, `{"n":1,"nested":{"list":["first","x"]}}`)
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("created", keyOf(t))
		ann, bob := w.connect(t, q, `{"name":"Ann"}`), w.connect(t, q, `{"name":"Bob"}`)
		ann.act(1, "mine", `[]`)
		ann.expectResult(1, `{"name":"Ann","n":0}`)
		bob.act(1, "change", `["Rob"]`)
		bob.expectResult(1, `{"name":"Rob","n":1}`)
		sleepAndWake(t, ann)
		bob.act(100, "change", `["Bert"]`)
		bob.expectResult(100, `{"name":"Bert","n":2}`)
		ann.act(100, "mine", `[]`)
		ann.expectResult(100, `{"name":"Ann","n":0}`)
		w.call(t, q, "all", `[]`).want(t, "all", 200, `{"o":["Ann","Bert"]}`)
		w.call(t, q, "mine", `[]`, params(`{"name":"Call"}`)...).want(t, "mine", 200, `{"o":{"name":"Call","n":0}}`)
	})
}

// sleepAndWake returns when the actor has started anew behind an open connection.
func sleepAndWake(t *testing.T, c *link) {
	t.Helper()
	c.subscribe("awake", true)
	for id := 10; id < 50; id++ {
		c.act(id, "nap", `[]`)
		c.expectResult(id, "")
		var m struct {
			B struct{ Ev struct{ A []int } }
		}
		frame := c.next()
		if err := json.Unmarshal([]byte(frame), &m); err != nil || len(m.B.Ev.A) != 1 {
			t.Fatalf("got %s, want an awake event", frame)
		}
		if m.B.Ev.A[0] > 1 {
			c.subscribe("awake", false)
			return
		}
	}
	t.Fatal("the actor never slept")
}

func TestConformance047ConnStateWithoutConfig(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	const code = `"conn_state_not_enabled"`
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		w.call(t, of("bare"), "read", `[]`).want(t, "read", 200, `{"o":`+code+`}`)
		w.call(t, of("bare"), "write", `[]`).want(t, "write", 200, `{"o":`+code+`}`)
		for value, kind := range map[string]string{`0`: "number", `""`: "string", `null`: "object", `false`: "boolean"} {
			want := `{"type":"` + kind + `","value":` + value + `}`
			w.call(t, of("falsy"), "mine", `[]`, params(`{"value":`+value+`}`)...).want(t, value, 200, `{"o":`+want+`}`)
		}
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		for value, kind := range map[string]string{`0`: "number", `""`: "string", `null`: "object", `false`: "boolean"} {
			want := `{"type":"` + kind + `","value":` + value + `}`
			c := w.connect(t, of("falsy"), `{"value":`+value+`}`)
			c.act(1, "mine", `[]`)
			c.expectResult(1, want)
			c.act(2, "set", `["truthy"]`)
			c.expectResult(2, "")
			c.act(3, "mine", `[]`)
			c.expectResult(3, `{"type":"string","value":"truthy"}`)
			c.act(4, "set", `[`+value+`]`)
			c.expectResult(4, "")
			c.act(5, "mine", `[]`)
			c.expectResult(5, want)
		}
	})
	const inside = "[" + code + "," + code + "," + code + "," + code + ","
	conns.inside(t, "line047", inside+code+"]")
	conns.outside(t, "line047", inside+`"internal_error"]`)
}

func TestConformance048OnConnectAndOnDisconnect(t *testing.T) {
	t.Parallel()
	logs := func(in, out string) string {
		return fmt.Sprintf(`[%[1]q],[%[1]q,%[2]q,%[1]q],[%[2]q,%[1]q]`, in, out)
	}
	conns.everywhere(t, "line048", "["+logs("connect string", "disconnect string")+","+logs("connect true", "disconnect true")+"]")
}

func TestConformance049ConnsAsMap(t *testing.T) {
	t.Parallel()
	conns.everywhere(t, "line049", `{"size":2,"isMap":true,"get":"Bob","missing":"undefined","has":[true,false],"keys":true,`+
		`"entries":["true Ann","true Bob"],"first":"string","loop":["true Ann","true Bob"]}`)
}

func TestConformance050ConnsAsArray(t *testing.T) {
	t.Parallel()
	conns.everywhere(t, "line050", `{"find":"Bob","notFound":"undefined","filter":["Ann"],"some":[true,false],"every":true,`+
		`"length":2,"map":["Ann","Bob"],"reduce":6,"index":[-1,0],"each":["Ann","Bob"],"of":["Ann","Bob"]}`)
}

func TestConformance051OnDisconnectRunsOnce(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	const here, gone = `{"came":1,"went":0,"there":true}`, `{"came":1,"went":1,"there":false}`
	eachTransport(t, s, func(t *testing.T, w wired) {
		for name, end := range map[string]func(*link){
			"closing": func(l *link) { l.leave() },
			"killed":  func(l *link) { l.vanish() },
		} {
			q := of("door", keyOf(t), name)
			watcher := w.connect(t, q, `"watcher"`)
			watcher.subscribe("went", true)
			c := w.connect(t, q, "")
			watcher.act(1, "state", `["`+c.id+`"]`)
			watcher.expectResult(1, here)
			end(c)
			watcher.expectEvent("went", `["`+c.id+`",false]`)
			// A second one would come before the answers to these.
			for id := 2; id < 5; id++ {
				watcher.act(id, "state", `["`+c.id+`"]`)
				watcher.expectResult(id, gone)
			}
		}
	})
	t.Run("a killed process", func(t *testing.T) {
		w := speaker{s, "json"}
		q := of("door", keyOf(t))
		watcher := w.dialLink(t, q, `"watcher"`)
		watcher.accepted()
		watcher.subscribe("came", true)
		watcher.subscribe("went", true)
		watcher.act(1, "ping", `[]`)
		watcher.expectResult(1, `"pong"`)
		ctx, kill := context.WithTimeout(context.Background(), 30*time.Second)
		defer kill()
		cmd := conns.nodeCommand(ctx, t, "line051killed", s.url, keyOf(t))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		event := func(name string) string {
			t.Helper()
			var m struct {
				B struct {
					Ev struct {
						N string
						A []any
					}
				}
			}
			frame := watcher.next()
			if err := json.Unmarshal([]byte(frame), &m); err != nil || m.B.Ev.N != name {
				t.Fatalf("got %s, want a %s event", frame, name)
			}
			return m.B.Ev.A[0].(string)
		}
		for range 4 { // two encodings, two transports
			ids[event("came")] = true
		}
		kill() // SIGKILL
		_ = cmd.Wait()
		for range 4 {
			id := event("went")
			if !ids[id] {
				t.Errorf("%s went without having come, or twice", id)
			}
			delete(ids, id)
		}
		watcher.act(2, "ping", `[]`)
		watcher.expectResult(2, `"pong"`)
	})
	conns.everywhere(t, "line051", `{"before":`+here+`,"after":`+gone+`,"still":false,"count":1}`)
}

func TestConformance052DisconnectFromTheActor(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("door", keyOf(t))
		own := w.connect(t, q, "")
		own.act(1, "leave", `["why"]`)
		own.expectFinally("closed 1000 why")
		other, kicker := w.connect(t, q, ""), w.connect(t, q, "")
		kicker.act(1, "kick", `["`+other.id+`","out"]`)
		kicker.expectResult(1, `false`)
		other.expectEnd(1000, "out")
	})
	conns.everywhere(t, "line052", `[false,"pong"]`)
}

// expectFinally expects the end, after any frames.
func (l *link) expectFinally(want string) {
	l.t.Helper()
	for {
		switch got := l.next(); {
		case got == want:
			return
		case strings.HasPrefix(got, "closed"):
			l.t.Fatalf("got %s, want %s", got, want)
		}
	}
}

func TestConformance053OnConnectThatFails(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	for _, how := range []string{"throws", "rejects", "hangs"} {
		t.Run(how, func(t *testing.T) {
			eachTransport(t, s, func(t *testing.T, w wired) {
				q := of("picky", keyOf(t))
				c := w.dial(t, q, `"`+how+`"`)
				frame := c.next()
				if strings.HasPrefix(frame, `{"b":{"i":`) { // accepted, and then not
					if strings.HasSuffix(t.Name(), "websocket") {
						c.act(1, "run", `[]`)
					}
					frame = c.next()
				}
				for !strings.HasPrefix(frame, "closed") {
					if strings.Contains(frame, `"ar"`) {
						t.Fatalf("an action ran: %s", frame)
					}
					frame = c.next()
				}
				if frame != "closed 1000 `onConnect` failed" {
					t.Errorf("got %s", frame)
				}
				w.call(t, q, "ran", `[]`).want(t, "ran", 200, `{"o":0}`)
			})
		})
	}
	conns.everywhere(t, "line053", `[[true,1,"disconnected"],[true,1,"disconnected"],[true,1,"disconnected"],0]`)
}

// It was accepted, so what onConnect did before it failed can be undone.
func TestOnDisconnectFollowsAnOnConnectThatFailed(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	w := s.json()
	for _, how := range []string{"throws", "rejects", "hangs"} {
		q := of("picky", keyOf(t, how))
		if r := w.call(t, q, "run", `[]`, "X-RivetKit-Conn-Params", `"`+how+`"`); r.status == 200 {
			t.Errorf("%s: %d %s", how, r.status, r.body)
		}
		s.eventually(t, q, "left", `[]`, `["`+how+`"]`)
		c := s.wired().dial(t, q, `"`+how+`"`)
		for !strings.HasPrefix(c.next(), "closed") {
		}
		s.eventually(t, q, "left", `[]`, `["`+how+`","`+how+`"]`)
		s.wantCall(t, q, "ran", `[]`, `0`)
	}
}

func TestNothingIsSentBeforeAConnectionIsAccepted(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("eager", keyOf(t)), "") // it wants the first frame to be Init
		c.expectEvent("hello", `["second"]`)
		c.act(1, "get", `[]`)
		c.expectResult(1, `[["send() before the connection was accepted: onConnect is the first that may"],[["first",["a"]]],"second"]`)
	})
	s.wantCall(t, of("eager", keyOf(t)), "quiet", `[]`, `["string",null]`) // a call's own: nobody hears it
}

func TestConformance054ActionsWaitForOnConnect(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("slow", keyOf(t)), "")
		c.act(1, "order", `[]`)
		c.expectResult(1, `["connect begins","connect ends","action"]`)
	})
	t.Run("before the first frame", func(t *testing.T) {
		for _, encoding := range []string{"json", "cbor"} {
			c := speaker{s, encoding}.dialLink(t, of("slow", keyOf(t), encoding), "")
			c.act(1, "order", `[]`)
			c.accepted()
			c.expectResult(1, `["connect begins","connect ends","action"]`)
		}
	})
	conns.everywhere(t, "line054", `["connect begins","connect ends","action"]`)
}

func TestConformance055MissingParamsAreUndefined(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	const none = `{"given":"undefined","opts":"undefined","conn":"undefined"}`
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		w.call(t, of("paramless"), "types", `[]`).want(t, "types", 200, `{"o":`+none+`}`)
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("paramless"), "")
		c.act(1, "types", `[]`)
		c.expectResult(1, none)
	})
	conns.everywhere(t, "line055", "["+none+","+none+"]")
}

func TestConformance056HooksSeeTheRequest(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	seen := func(path, method string) string {
		return `{"path":"/registry/actors/` + path + `","method":"` + method + `","header":"mine"}`
	}
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		w.call(t, of("requests"), "seen", `[]`, "X-Custom", "mine").want(t, "seen", 200, `{"o":`+seen("actions/seen", "POST")+`}`)
	})
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("requests"), "", "X-Custom", "mine")
		c.act(1, "seen", `[]`)
		way := t.Name()[strings.LastIndex(t.Name(), "/")+1:]
		c.expectResult(1, seen("connect/"+way, "GET"))
	})
	conns.inside(t, "line056", `[{"none":true},{"none":true}]`)
}

func TestAnEventHasAName(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("news", keyOf(t)), "")
		c.act(1, "nameless", `[]`)
		c.expectResult(1, `["broadcast() takes the name of an event, a string, not undefined","broadcast() takes the name of an event, a string, not 5",`+
			`"send() takes the name of an event, a string, not object"]`)
	})
}

func TestConformance057BroadcastReachesSubscribers(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("news", keyOf(t))
		a, b := w.connect(t, q, ""), w.connect(t, q, "")
		a.subscribe("e", true)
		b.subscribe("f", true)
		b.act(1, "me", `[]`)
		b.expectResult(1, `"`+b.id+`"`)
		a.act(1, "tell", `["e",1,2]`)
		a.expectEvent("e", `[1,2]`)
		a.expectResult(1, "")
		a.act(2, "tell", `["f"]`)
		a.expectResult(2, "")
		b.expectEvent("f", `[]`)
	})
	conns.everywhere(t, "line057", `{"aE":[[1,2]],"bF":[[{"x":[1]}]]}`)
}

func TestConformance058SendReachesOneConnection(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("news", keyOf(t))
		a, b := w.connect(t, q, ""), w.connect(t, q, "")
		a.subscribe("mail", true)
		a.act(1, "send", `["`+b.id+`","mail",{"x":1},2]`)
		a.expectResult(1, "") // and no mail before it
		b.expectEvent("mail", `[{"x":1},2]`)
		b.act(1, "me", `[]`)
		b.expectResult(1, `"`+b.id+`"`)
	})
	conns.everywhere(t, "line058", `["b from b","b from a"]`)
}

func TestConformance059EventsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("news", keyOf(t)), "")
		c.subscribe("count", true)
		c.act(1, "many", `[1000]`)
		for i := range 1000 {
			c.expectEvent("count", fmt.Sprintf("[%d]", i))
		}
		c.expectResult(1, "")
	})
	conns.everywhere(t, "line059", `[1000,true,1000,true]`)
}

func TestConformance060UnsubscribeAndSubscribeAgain(t *testing.T) {
	t.Parallel()
	s := conns.server(t)
	eachTransport(t, s, func(t *testing.T, w wired) {
		c := w.connect(t, of("news", keyOf(t)), "")
		for id, on := range []bool{true, false, true, true, false} {
			c.subscribe("e", on)
			c.act(id, "tell", fmt.Sprintf(`["e",%d]`, id))
			if on {
				c.expectEvent("e", fmt.Sprintf("[%d]", id))
			}
			c.expectResult(id, "")
		}
	})
	conns.everywhere(t, "line060", `["first 1","second 3","third 3","third 4","fourth 6"]`)
}
