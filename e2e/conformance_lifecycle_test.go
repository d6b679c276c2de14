package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var lives = &topic{name: "conf_lifecycle"}

func TestConformance061BroadcastInDisconnect(t *testing.T) {
	t.Parallel()
	s := lives.server(t)
	listen := func(t *testing.T, event string) *link {
		c := s.wired().connect(t, of("speaks", keyOf(t)), `{"name":"a"}`)
		c.subscribe(event, true)
		return c
	}
	t.Run("onDisconnect", func(t *testing.T) {
		c := listen(t, "left")
		b := s.wired().connect(t, of("speaks", keyOf(t)), `{"name":"b"}`)
		b.leave()
		c.expectEvent("left", `["b"]`)
	})
	t.Run("onStateChange", func(t *testing.T) {
		c := listen(t, "changed")
		c.act(0, "set", `[4]`)
		c.expectEvent("changed", `[4]`)
		c.expectResult(0, "")
	})
	t.Run("setInterval", func(t *testing.T) {
		c := listen(t, "tick")
		c.act(0, "tickThrice", `[]`)
		c.expectResult(0, "")
		for n := range 3 {
			c.expectEvent("tick", fmt.Sprintf("[%d]", n+1))
		}
	})
	t.Run("scheduled action", func(t *testing.T) {
		c := listen(t, "planned")
		c.act(0, "plan", `["x"]`)
		c.expectResult(0, "")
		c.expectEvent("planned", `["x"]`)
	})
}

func TestConformance077OrderAtCreation(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "conf_lifecycle"))
	q := of("ordered", keyOf(t))
	created := `"createState","onCreate","createVars","onStart","onBeforeConnect","onConnect"`
	c := s.wired().connect(t, q, "")
	c.act(0, "order", `[]`)
	c.expectResult(0, `[`+created+`]`)
	s = s.again(t)
	s.wantCall(t, q, "order", `[]`, `[`+created+`,"createVars","onStart","onBeforeConnect","onConnect"]`)
}

func TestConformance078OnStartRunsOnce(t *testing.T) {
	t.Parallel()
	s := lives.server(t)
	q := of("starts", keyOf(t))
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { s.json().call(t, q, "call", `[]`).want(t, "call", 200, `{"o":1}`) })
	}
	for range 3 {
		c := s.wired().connect(t, q, "")
		c.act(0, "call", `[]`)
		c.expectResult(0, "1")
	}
	wg.Wait()
	s.wantCall(t, q, "get", `[]`, `[1,23]`)
}

func TestConformance079SetIntervalInOnStart(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "conf_lifecycle"))
	q, board := of("ticker", keyOf(t)), of("board", keyOf(t))
	s.wantCall(t, q, "wake", `[]`, `"awake"`)
	s.eventually(t, board, "get", `[]`, `[{"ticks":15,"starts":1}]`)
	s = s.again(t)
	s.wantCall(t, q, "get", `[]`, `{"enough":true,"starts":2}`)
}

func TestConformance080OnStateChange(t *testing.T) {
	t.Parallel()
	s := lives.server(t)
	q := of("watched", keyOf(t))
	c := s.wired().connect(t, q, "")
	c.subscribe("changed", true)
	c.act(0, "nothing", `[]`)
	c.expectResult(0, `"nothing"`) // nothing of createState, onCreate, onStart
	c.act(1, "add", `[1]`)
	c.expectEvent("changed", `[1,10]`)
	c.expectResult(1, "1")
	c.act(2, "addTwice", `[2]`) // one call a turn
	c.expectEvent("changed", `[3,30]`)
	c.expectEvent("changed", `[5,50]`)
	c.expectResult(2, "5")
	c.act(3, "nothing", `[]`)
	c.expectResult(3, `"nothing"`)
	c.act(4, "add", `[8]`) // throws in onStateChange
	c.expectEvent("changed", `[13,130]`)
	c.expectResult(4, "13")
	s.awaitLog(t, "thirteen in onStateChange", lives.lineOf(t, "thirteen in onStateChange"), `"level":"error"`)
	s.wantCall(t, q, "get", `[]`, `{"n":13,"mirror":130,"touched":["onCreate","onStart","action","action"],"seen":[1,3,5,13]}`)
}

func TestConformance081RunInBackground(t *testing.T) {
	t.Parallel()
	s := lives.server(t)
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-release
		_, _ = io.WriteString(w, "loaded")
	}))
	t.Cleanup(slow.Close)
	t.Cleanup(sync.OnceFunc(func() {
		select {
		case <-release:
		default:
			close(release)
		}
	}))
	t.Run("answers at once", func(t *testing.T) {
		q := of("background", keyOf(t))
		s.wantCall(t, q, "load", `["`+slow.URL+`"]`, `"at once"`)
		s.wantCall(t, q, "get", `[]`, `null`)
		// Ten times as long as the actor stays awake without work.
		time.AfterFunc(300*time.Millisecond, func() { close(release) })
		<-release
		s.eventually(t, q, "get", `[]`, `"loaded in life 1"`)
	})
	t.Run("rejection", func(t *testing.T) {
		q := of("background", keyOf(t))
		s.wantCall(t, q, "fail", `[]`, `"at once"`)
		s.awaitLog(t, "background trouble", lives.lineOf(t, "background trouble"))
		s.wantCall(t, q, "get", `[]`, `null`)
	})
}

func TestConformance082MistakesInAConfig(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "registry.ts")
	const good = `import { actor, setup } from "@rivetkit/actor";

const tidy = actor({ onAuth: () => {}, types: { events: {} }, state: { n: 1 }, actions: { get: (c) => c.state.n } });
`
	const use = `export const registry = setup({ use: { tidy } });
`
	if err := os.WriteFile(path, []byte(good+use), 0o644); err != nil {
		t.Fatal(err)
	}
	s := startDev(t, dir)
	s.wantCall(t, of("tidy"), "get", `[]`, `1`)
	for name, tt := range map[string]struct{ config, want string }{
		"unknown key":           {`onStarted: () => {}`, `"onStarted"`},
		"unknown option":        {`options: { action: { timeoutt: 5 } }`, `"options.action.timeoutt"`},
		"hook is no function":   {`onStart: "now"`, `"onStart"`},
		"action is no function": {`actions: { get: 5 }`, `"actions.get"`},
		"state and createState": {`state: {}, createState: () => ({})`, `"createState"`},
		"function in the state": {`state: { users: [{ "on load"() {} }] }`, `state.users[0]["on load"] is a function`},
		"promise in connState":  {`connState: { at: [new Map([["a", Promise.resolve()]])] }`, `connState.at[0].a is a Promise`},
		"vars and createVars":   {`vars: {}, createVars: () => ({})`, `"createVars"`},
	} {
		t.Run(name, func(t *testing.T) {
			mark := s.mark()
			save(t, path, good+"const messy = actor({ "+tt.config+" } as never);\n"+strings.Replace(use, "tidy", "tidy, messy", 1))
			ev := fmt.Sprint(s.event(t, "build_failed", mark))
			if !containsAll(ev, []string{`"messy"`, tt.want, "registry.ts:4"}) {
				t.Errorf("the error does not name messy, %s and registry.ts:4:\n%s", tt.want, ev)
			}
			s.wantCall(t, of("tidy"), "get", `[]`, `1`)
			mark = s.mark()
			save(t, path, good+use)
			s.event(t, "build_mended", mark)
		})
	}
}

func TestConformance083ConnStateWithCreateConnState(t *testing.T) {
	t.Parallel()
	s := lives.server(t)
	s.wantCall(t, of("twofold", keyOf(t)), "get", `[]`, `{"from":"createConnState"}`)
	line := strings.Replace(lives.lineOf(t, "const twofold"), "registry.ts", "", 1)
	s.awaitLog(t, "connState and createConnState", "registry.ts"+line, `"level":"warn"`)
	if n := strings.Count(s.output(), "connState and createConnState"); n != 1 {
		t.Errorf("the warning is logged %d times", n)
	}
}

func TestConformance084DefaultExportedActor(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "conf_default"), "counter.ts")
	s.wantCall(t, of("counter", "a"), "increment", `[5]`, `5`)
	s.wantCall(t, of("counter", "a"), "increment", `[]`, `6`)
}
