package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

var clients = &topic{name: "conformance_clients"}

func TestConformance032KeysNameActors(t *testing.T) {
	t.Parallel()
	s := clients.server(t)
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		w.call(t, of("counter", keyOf(t)), "increment", `[2]`).want(t, "one part", 200, `{"o":2}`)
		w.call(t, of("counter", keyOf(t), "b"), "get", `[]`).want(t, "two parts", 200, `{"o":0}`)
		w.call(t, of("counter", "b", keyOf(t)), "get", `[]`).want(t, "the other order", 200, `{"o":0}`)
		w.call(t, of("counter"), "keyed", `[]`).want(t, "no parts", 200, `{"o":[]}`)
	})
	clients.everywhere(t, "line032", `{"ab":[1,2],"none":1,"different":9,"keys":[1,[]]}`)
}

func TestConformance033GetOfAMissingActor(t *testing.T) {
	t.Parallel()
	clients.everywhere(t, "line033", `["actor_not_found","actor_not_found","actor_not_found","actor_not_found",3,3]`)
}

func TestConformance034CreateTwice(t *testing.T) {
	t.Parallel()
	clients.everywhere(t, "line034", `["actor_already_exists",6,6,1]`)
}

func TestConformance035HandlesAndConnectionsCanBeAwaited(t *testing.T) {
	t.Parallel()
	clients.everywhere(t, "line035", `[true,2,4,"undefined","undefined","[{},{}]"]`)
}

func TestConformance036ResolveAndGetForId(t *testing.T) {
	t.Parallel()
	clients.everywhere(t, "line036", `["string",true,true,true,7,true,"actor_not_found"]`)
}

func TestConformance037OptionsAsOnlyArgument(t *testing.T) {
	t.Parallel()
	clients.everywhere(t, "line037", `["ok","ok","no_params",true,[],true]`)
}

func TestConformance038ConnectTakesParams(t *testing.T) {
	t.Parallel()
	const handles = `{"authToken":"handle","more":1}`
	clients.everywhere(t, "line038", `[{"authToken":"own"},`+handles+`,`+handles+`,"none"]`)
}

func TestConformance039KeyPartsOf128Units(t *testing.T) {
	t.Parallel()
	s := clients.server(t)
	eachTransport(t, s, func(t *testing.T, w wired) {
		long, cjk := strings.Repeat("k", 128), strings.Repeat("中", 128)
		for _, key := range []string{long, cjk} {
			w.resolve(t, of("counter", key)).want(t, "resolve", 200, `{"i":"`+w.connect(t, of("counter", key), "").actor+`"}`)
			w.resolve(t, of("counter", key+"k")).wantCode(t, "resolve", 400, "invalid_request")
			w.call(t, of("counter", "a", key+"k"), "get", `[]`).wantCode(t, "action", 400, "invalid_request")
		}
	})
	clients.everywhere(t, "line039", `[128,"invalid_request",true,"invalid_request",true,"invalid_request","invalid_request","invalid_request"]`)
}

func TestConformance040ListenersAndDispose(t *testing.T) {
	t.Parallel()
	clients.everywhere(t, "line040", `["function","function",[1,"once 1",2],"crashed",`+
		`"ActorConnDisposed","ActorConnDisposed",{},[],"no_params",["no_params"]]`)
}

func TestConformance041TwoHandlesOfOneActor(t *testing.T) {
	t.Parallel()
	clients.everywhere(t, "line041", `[2,3,3,3]`)
}

func TestConformance042ServerDiesAndReturns(t *testing.T) {
	t.Parallel()
	t.Run("delays", func(t *testing.T) {
		const delays = `[250,500,1000,2000,4000,8000,16000,30000,30000,30000]`
		out := clients.runNode(t, "line042delays", "http://127.0.0.1:9", "x")
		var got map[string]json.RawMessage
		if err := json.Unmarshal(out, &got); err != nil || string(got["json websocket"]) != delays {
			t.Errorf("got %s, want delays of %s (%v)", out, delays, err)
		}
	})
	t.Run("kill -9", func(t *testing.T) {
		needNode(t)
		dir := project(t, clients.name)
		s := startDev(t, dir)
		at, err := url.Parse(s.url)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		cmd := clients.nodeCommand(ctx, t, "line042", s.url, keyOf(t))
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		var errOut strings.Builder
		cmd.Stderr = &errOut
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() { cancel(); _ = cmd.Wait() }()
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		next := func() string {
			t.Helper()
			if !lines.Scan() {
				t.Fatalf("node ended early: %v\n%s", lines.Err(), &errOut)
			}
			return lines.Text()
		}
		if word := next(); word != "up" {
			t.Fatalf("got %q, want up", word)
		}
		s.kill()
		fmt.Fprintln(in, "gone")
		if word := next(); word != "queued" {
			t.Fatalf("got %q, want queued", word)
		}
		startDev(t, dir, "--port", at.Port())
		var got map[string]json.RawMessage
		text := next()
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		const want = `[1,2,3,4,["a","b","c","d"],["a","b","c","d"],true,"connected"]`
		for _, way := range []string{"json websocket", "json sse", "cbor websocket", "cbor sse"} {
			if string(got[way]) != want {
				t.Errorf("%s: got %s\nwant %s", way, got[way], want)
			}
		}
	})
}

func TestConformance043TheSameInAllEncodingsAndTransports(t *testing.T) {
	t.Parallel()
	const who = `{"who":"Zoë 中 😀 ()"}`
	clients.everywhere(t, "line043", `[11,12,`+who+`,`+who+`,[[1.5,"Zoë 中 😀",null,[true,{"a":[]}],4294967296,-5]],`+
		`"crashed","crashed","action_not_found",12]`)
}

var imports = &topic{name: "conformance_imports"}

func TestConformance044CreateClientFromEveryPackage(t *testing.T) {
	t.Parallel()
	s := imports.server(t)
	var all []string
	for _, source := range []string{"fromActor", "fromCore", "fromRivetkit", "fromClient"} {
		for _, encoding := range []string{"json", "cbor"} {
			all = append(all, fmt.Sprintf(`"%s %s":[2,5,5]`, source, encoding))
		}
	}
	want := "{" + strings.Join(all, ",") + "}"
	t.Run("actor", func(t *testing.T) {
		w := speaker{s, "json"}
		w.call(t, of("driver"), "run", fmt.Sprintf(`[%q,%q]`, s.url, keyOf(t))).want(t, "run", 200, `{"o":`+want+`}`)
	})
	t.Run("server", func(t *testing.T) {
		if got := s.request(t, "GET", "/run?key="+url.QueryEscape(keyOf(t)), ""); got.status != 200 || got.body != want {
			t.Errorf("got %d %s\nwant %s", got.status, got.body, want)
		}
	})
}

func TestConformance045FiveThousandCallsAtOnce(t *testing.T) {
	t.Parallel()
	clients.inside(t, "line045", `[5000,5000,5000,5000]`)
}
