package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var runtimes = &topic{name: "conf_runtime"}

func TestConformance115UnicodePatterns(t *testing.T) {
	t.Parallel()
	s := runtimes.server(t)
	s.wantCall(t, of("shapes"), "patterns", `[]`, `{"letters":[true,false,true],"runTime":[true,false],"not":[false,true],"script":[true,false],`+
		`"emoji":[true,false],"replace":"xx-x","sets":[true,false],"source":"\\p{L}+","flags":"giu"}`)
	t.Run("libraries", func(t *testing.T) {
		l := startDev(t, npmProject(t, "libraries"), "emoji.ts")
		l.wantCall(t, of("emoji"), "check", `[]`, `{"zod":[true,false],"zod3":[true,false],"valibot":[true,false]}`)
	})
}

func TestConformance116Syntax(t *testing.T) {
	t.Parallel()
	s := runtimes.server(t)
	for name, want := range map[string]string{
		"fields":          `["get a","set b","async","static get",5,1,2,1,true,false]`,
		"asyncGenerator":  `{"seen":[1,2,"undefined",1,true],"done":["closed after 2","closed after 5","closed after 9"]}`,
		"forAwait":        `[1,2,"no"]`,
		"using":           `["body object object","dispose b","dispose a"]`,
		"decorators":      `["add(1,2) = 3",["class Decorated function"]]`,
		"topLevelAwait":   `"top-level await"`,
		"dynamicImport":   `["by import()","an error"]`,
		"iteratorHelpers": `[[9,25,49],["a"],6,[3,3,1,1],true,2]`,
		"streams":         `[["a","b"],6,"symbol"]`,
	} {
		t.Run(name, func(t *testing.T) { s.wantCall(t, of("shapes"), "feature", `["`+name+`"]`, want) })
	}
}

func TestConformance117Locales(t *testing.T) {
	t.Parallel()
	s := runtimes.server(t)
	s.wantCall(t, of("shapes"), "locales", `[]`, `{"number":"1,234.5","plain":"1,234,567","money":"$1,234.50","percent":"26%","digits":"1.005",`+
		`"bigint":"12,345,678,901,234,567,890","month":"January","date":"1/1/1970",`+
		`"zone":"12/31/1969","format":"Jan 1, 1970","list":"1,234.5,0"}`)
}

func TestConformance118EndlessRecursion(t *testing.T) {
	t.Parallel()
	s := runtimes.server(t)
	q := of("deep", keyOf(t))
	s.call(t, q, "set", `[5]`)
	s.wantCall(t, q, "get", `[]`, `[5,1]`)

	// Neighbours, on every isolate, that are called all the while.
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for _, name := range strings.Split("abcdefgh", "") {
		neighbour := of("deep", keyOf(t), name)
		s.wantCall(t, neighbour, "increment", `[]`, `1`)
		wg.Go(func() {
			n := 1
			for running := true; running; {
				select {
				case <-stop:
					running = false
				default:
				}
				n++
				s.json().call(t, neighbour, "increment", `[]`).want(t, "a neighbour", 200, fmt.Sprintf(`{"o":%d}`, n))
			}
			// It may have been moved to another isolate, and so started again.
			if got, want := s.call(t, neighbour, "get", `[]`), fmt.Sprintf("[%d,", n); !strings.HasPrefix(got, want) {
				t.Errorf("a neighbour in the end: %s, want %s…", got, want)
			}
		})
	}
	s.json().call(t, q, "recurse", `[]`).want(t, "recurse", 500, masked)
	s.awaitLog(t, "Maximum call stack size exceeded", runtimes.lineOf(t, "the line that the log names"))
	s.wantCall(t, q, "get", `[]`, `[5,2]`) // from its durable state
	close(stop)
	wg.Wait()
}

func TestConformance119ProcessEnv(t *testing.T) {
	t.Parallel()
	dir := project(t, "conf_runtime")
	for name, text := range map[string]string{
		".env":       "CONF_A=env\nCONF_B=env\nCONF_FROM_SERVER=env\n",
		".env.local": "CONF_B=local\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := startIn(t, dir, environ("CONF_FROM_SERVER=the server's", "RIVET_AUTH_TOKEN=secret"))
	q := of("env")
	s.wantCall(t, q, "get", `["CONF_FROM_SERVER"]`, `"the server's"`)
	s.wantCall(t, q, "get", `["CONF_A"]`, `"env"`)
	s.wantCall(t, q, "get", `["CONF_B"]`, `"local"`)
	s.wantCall(t, q, "get", `["CONF_NOBODY"]`, ``)
	s.wantCall(t, q, "look", `[]`, `{"env":"development","uptime":"number","positive":true,"has":true,"secrets":[]}`)
}
