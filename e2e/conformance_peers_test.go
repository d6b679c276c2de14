package e2e

import (
	"sync"
	"testing"
)

var peers = &topic{name: "conf_peers"}

func TestConformance096ActorCallsActor(t *testing.T) {
	t.Parallel()
	s := peers.server(t)
	s.json().call(t, of("counter", keyOf(t)), "increment", `[1]`).wantCode(t, "from outside", 403, "forbidden")
	key := `["` + keyOf(t) + `"]`
	s.wantCall(t, of("asker", keyOf(t)), "increment", key, `[1,3,3]`)
	s.wantCall(t, of("asker", keyOf(t)), "errors", key, `[{"code":"refused","message":"not you","metadata":{"a":[1]}},`+
		`{"code":"internal_error","message":"out of range"},`+
		`{"code":"action_not_found","message":"Action 'nope' not found. Validate the action exists on your actor."},`+
		`{"code":"actor_not_found","message":"Actor not found: counter:[\"`+keyOf(t)+`\",\"missing\"] (https://www.rivet.gg/docs/actors/clients/#actor-client)"}]`)
}

func TestConformance097ConnectInsideAnAction(t *testing.T) {
	t.Parallel()
	s := peers.server(t)
	s.wantCall(t, of("asker", keyOf(t)), "connect", `["`+keyOf(t)+`"]`,
		`{"results":[1,3],"heard":[1,3,1,2,3,4,5],"refused":{"code":"refused","message":"not you","metadata":{"a":[1]}},"disposed":true}`)
}

func TestConformance098ActorsThatCallEachOther(t *testing.T) {
	t.Parallel()
	s := peers.server(t)
	var wg sync.WaitGroup
	for range 5 {
		for _, name := range []string{"ping", "pong"} {
			wg.Go(func() { s.json().call(t, of(name, keyOf(t)), "play", `[10]`).want(t, name, 200, `{"o":10}`) })
		}
	}
	wg.Wait()
}

func TestACallToItselfBeforeItIsReadyFails(t *testing.T) {
	t.Parallel()
	s := peers.server(t)
	q := of("narcissus", keyOf(t))
	const notReady = `{"code":"actor_not_ready","message":"Actor not ready: it can't ask itself before its onStart has ended."}`
	s.wantCall(t, q, "asked", `[]`, `{"call":`+notReady+`,"byId":`+notReady+`,"conn":`+notReady+`,"socket":`+notReady+
		`,"create":`+notReady+`,"fetch":{"result":503},"resolve":{"result":true}}`)
	s.eventually(t, q, "later", `[]`, `1`) // the connection that it began before opens once it is ready
}
