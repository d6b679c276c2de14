package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
)

const everything = `# all keys of the reference
entry: registry.ts
host: 127.0.0.1
port: 8080
basePath: /registry
data: .rivet
storage: { type: filesystem, sync: full }
auth: { token: "abc" }
runtime:
  isolates: 3
  memory: 512MiB
  fetch: { allow: ["api.example", "10.0.0.0/8"] }
  env: { allow: ["APP_*"] }
limits: { message: 128KiB, internalMessage: 16MiB, rawBody: 20MiB, state: 1048576, connections: 5, waitingPerActor: 6, waiting: 7 }
cors: { origin: ["https://app.example"], credentials: false, maxAge: 60 }
studio: { enabled: false, token: "x", cors: ["https://a"], hosts: [h], listen: "127.0.0.1:9", defaultEndpoint: "http://e" }
metrics: { public: true }
history: { entries: 10, size: 1MiB, redact: ["/users/*/password"] }
log: { level: debug, format: json }
dev: { reload: false, watch: [".", "../lib"], ignore: ["*.md"], open: true, tui: true }
test: { include: ["**/*.spec.ts"], timeout: 500ms }
`

func TestEveryKeyIsReadFromTheFile(t *testing.T) {
	t.Parallel()
	r, err := Load(Options{Dir: project(t, map[string]string{"rivet.yaml": everything})})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range Keys() {
		if r.Origin(k).Layer != FromFile {
			t.Errorf("%s came from %v: the sample lacks it, or it isn't read", k, r.Origin(k))
		}
	}
	if r.Storage.Type != "sqlite" || r.Limits.State != 1<<20 || r.Limits.Message != 128<<10 ||
		r.Runtime.Memory != (Memory{Bytes: 512 << 20}) || r.Test.Timeout != 500*time.Millisecond ||
		!slices.Equal(r.Dev.Watch, []string{".", "../lib"}) || r.Studio.Enabled || r.CORS(nil).MaxAge != 60 {
		t.Errorf("read wrongly: %+v", r.Config)
	}
}

func TestMistakesComeAllAtOnceWithTheirPlace(t *testing.T) {
	t.Parallel()
	yaml := `prot: 8080
port: 70000
host: 5
basePath: [a]
storage: { type: sqlit, snyc: full }
limits:
  message: -1
  state: much
  message: 64KiB
runtime: fast
runtime.isolates: 4
dev: { reload: "yes please", watch: [1] }
log: { level: debgu }
test: { timeout: "${NOT_SET}" }
token: abc
auth: { token: "${A:-x} and ${" }
history: { entries: 1.5 }
`
	dir := project(t, map[string]string{"rivet.yaml": yaml, ".env": "OK=1\nwrong line\n"})
	_, err := Load(Options{
		Dir: dir, Environ: []string{"RIVET_LIMITS_WAITING=many", "_LOG_LEVEL=loud", "RIVET_PORT=x"},
		Flags: []Flag{{Key: "log.format", Text: "xml", Name: "--log-format"}},
	})
	var invalid *Invalid
	if !errors.As(err, &invalid) {
		t.Fatalf("Load = %v, want *Invalid", err)
	}
	want := []string{
		`.env:2:1: want NAME=value`,
		`rivet.yaml:1:1: unknown key "prot"; did you mean "port"?`,
		`rivet.yaml:2:7: port: want a whole number from 0 to 65535, got "70000"`,
		`rivet.yaml:3:7: host: want a string, got a number; write it in quotes: "5"`,
		`rivet.yaml:4:11: basePath: want a string, got a list`,
		`rivet.yaml:5:18: storage.type: want one of sqlite, memory, got "sqlit"; did you mean "sqlite"?`,
		`rivet.yaml:5:25: unknown key "storage.snyc"; did you mean "sync"?`,
		`rivet.yaml:7:12: limits.message: want a size such as 64KiB, 16MiB or a number of bytes, got "-1"`,
		`rivet.yaml:8:10: limits.state: want a size such as 64KiB, 16MiB or a number of bytes, got "much"`,
		`rivet.yaml:9:3: limits.message stands here twice`,
		`rivet.yaml:10:10: runtime: want a section with keys (isolates, memory, fetch, env), got "fast"`,
		`rivet.yaml:11:1: unknown key "runtime.isolates"; write it nested, as runtime: { isolates: … }`,
		`rivet.yaml:12:16: dev.reload: want true or false, got "yes please"`,
		`rivet.yaml:12:37: dev.watch: want a list of strings, got one with the number 1`,
		`rivet.yaml:13:15: log.level: want one of trace, debug, info, warn, error, critical, got "debgu"; did you mean "debug"?`,
		`rivet.yaml:14:18: test.timeout: the variable NOT_SET is not set; set it, or write ${NOT_SET:-default}`,
		`rivet.yaml:15:1: unknown key "token"; did you mean "auth.token"?`,
		`rivet.yaml:16:16: auth.token: ${ is no reference: write ${NAME} or ${NAME:-default}`,
		`rivet.yaml:17:21: history.entries: want a whole number from 0 to 1000000, got the number 1.5`,
		`RIVET_PORT: port: want a whole number from 0 to 65535, got "x"`,
		`RIVET_LIMITS_WAITING: limits.waiting: want a whole number from 1 to 100000000, got "many"`,
		`_LOG_LEVEL: log.level: want one of trace, debug, info, warn, error, critical, got "loud"`,
		`--log-format: want one of auto, text, json, got "xml"`,
	}
	got := invalid.Lines()
	for i := range max(len(got), len(want)) {
		g, w := "", ""
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("line %d\n got %s\nwant %s", i, g, w)
		}
	}
	if errs.CodeOf(err) != errs.ConfigInvalid {
		t.Errorf("code = %s, want config_invalid", errs.CodeOf(err))
	}
}

func TestFilesThatAreNoConfiguration(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ yaml, want string }{
		"no YAML":          {"port: [1\nhost: x", "rivet.yaml:2:1: no YAML: did not find expected ',' or ']'"},
		"a list":           {"- a", "rivet.yaml:1:1: want a section with keys"},
		"two documents":    {"port: 1\n---\nport: 2", "rivet.yaml:2:1: a second document"},
		"only comments":    {"# nothing\n", ""},
		"only a separator": {"---\n", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(Options{Dir: project(t, map[string]string{"rivet.yaml": tt.yaml})})
			got := ""
			if err != nil {
				got = err.Error()
			}
			if (tt.want == "") != (err == nil) || !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q, want %q…", got, tt.want)
			}
		})
	}
}

func TestReferencesExpandOnlyWhenTheServerStarts(t *testing.T) {
	t.Parallel()
	dir := project(t, map[string]string{"rivet.yaml": "host: ${HOST_NAME}\ndata: ${D:-.rivet}/x\nbasePath: $${no}\n"})
	if _, err := Load(Options{Dir: dir}); err == nil {
		t.Error("an unset variable is no error")
	}
	if _, err := Load(Options{Dir: dir, Environ: []string{"HOST_NAME="}}); err == nil {
		t.Error("an empty variable is no error")
	}
	r, err := Load(Options{Dir: dir, Environ: []string{"HOST_NAME=h"}})
	if err != nil || r.Host != "h" || r.Data != ".rivet/x" || r.BasePath != "${no}" {
		t.Errorf("got %+v, %v", r, err)
	}
	r, err = Load(Options{Dir: dir, Unexpanded: true})
	if err != nil || r.Host != "${HOST_NAME}" {
		t.Errorf("unexpanded: %+v, %v", r, err)
	}
}

func TestOlderNamesInTheEnvironment(t *testing.T) {
	t.Parallel()
	r, err := Load(Options{Dir: t.TempDir(), Environ: []string{
		"RIVETKIT_DRIVER=file-system", "RIVETKIT_STUDIO_TOKEN=t", "RIVETKIT_STUDIO_DISABLE=1", "_LOG_LEVEL=WARN",
		"_LOG_TARGET=1", "_LOG_TIMESTAMP=0", "_RIVETKIT_ERROR_STACK=0", "RIVET_DATA_DIR=d", "RIVET_MAX_CONNECTIONS=9",
		"RIVET_AUTH_TOKEN=secret", "RIVET_RUNTIME_FETCH_ALLOW=a.example, b.example", "RIVET_LIMITS_WAITING_PER_ACTOR=3",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Storage.Type != "sqlite" || r.Studio.Token != "t" || r.Studio.Enabled || r.Log.Level != "warn" || !r.Log.Target ||
		r.Log.Timestamp || r.Log.ErrorStack || r.Data != "d" || r.Limits.Connections != 9 || r.Auth.Token != "secret" ||
		!slices.Equal(r.Runtime.Fetch.Allow, []string{"a.example", "b.example"}) || r.Limits.WaitingPerActor != 3 {
		t.Errorf("read wrongly: %+v", r.Config)
	}
	if len(r.Notes) != 0 {
		t.Errorf("notes about names that we know: %q", r.Notes)
	}
}

func TestNearMissesAreNotes(t *testing.T) {
	t.Parallel()
	r, err := Load(Options{Dir: t.TempDir(), Environ: []string{"RIVET_PROT=1", "RIVET_TOTALLY_OTHER_THING=1", "OTHER=1"}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"RIVET_PROT is no setting; did you mean RIVET_PORT?"}; !slices.Equal(r.Notes, want) {
		t.Errorf("notes = %q, want %q", r.Notes, want)
	}
}

func TestPathsAreRelativeToWhereTheyWereSaid(t *testing.T) {
	t.Parallel()
	dir := project(t, map[string]string{"rivet.yaml": "data: data\n"})
	cwd := filepath.Join(dir, "src")
	r, err := Load(Options{Dir: dir, Cwd: cwd, Flags: []Flag{{Key: "entry", Text: "main.ts", Name: "[entry]"}}})
	if err != nil {
		t.Fatal(err)
	}
	if r.DataDir() != filepath.Join(dir, "data") || r.EntryFile() != filepath.Join(cwd, "main.ts") {
		t.Errorf("data %s, entry %s", r.DataDir(), r.EntryFile())
	}
	r, err = Load(Options{Dir: dir, Cwd: cwd, Environ: []string{"RIVET_DATA=../../other"}})
	if err != nil || r.DataDir() != filepath.Join(filepath.Dir(dir), "other") {
		t.Errorf("data %s, %v", r.DataDir(), err)
	}
}

func TestProcessEnv(t *testing.T) {
	t.Parallel()
	dir := project(t, map[string]string{
		".env":       "A=from .env\nB='single # $X'\nexport C=\"two\\nlines\"\nD=plain # comment\nE=\"real\nbreak\"\nF=\n",
		".env.local": "A=from .env.local\n",
		"rivet.yaml": "runtime: { env: { allow: ['?', 'HOME'] } }",
	})
	r, err := Load(Options{Dir: dir, Environ: []string{"HOME=/h", "D=real", "LONG=1", "RIVET_AUTH_TOKEN=s", "RIVETKIT_STUDIO_TOKEN=s"}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"A": "from .env.local", "B": "single # $X", "C": "two\nlines", "D": "real", "E": "real\nbreak", "F": "",
		"HOME": "/h", "NODE_ENV": "development",
	}
	got := r.ProcessEnv(false)
	for name := range merge(got, want) {
		if got[name] != want[name] {
			t.Errorf("%s = %q, want %q", name, got[name], want[name])
		}
	}
	r.Runtime.Env.Allow = []string{"*"}
	all := r.ProcessEnv(true)
	if all["LONG"] != "1" || all["RIVET_AUTH_TOKEN"] != "" || all["RIVETKIT_STUDIO_TOKEN"] != "" || all["NODE_ENV"] != "production" {
		t.Errorf("all: %v", all)
	}
}

func TestRowsHideSecretsAndTellOrigins(t *testing.T) {
	t.Parallel()
	r, err := Load(Options{
		Dir: project(t, map[string]string{"rivet.yaml": "limits: { message: 65536 }\n"}), Environ: []string{"RIVET_AUTH_TOKEN=geheim"},
		Flags: []Flag{{Key: "dev.reload", Text: "false", Name: "--no-reload"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r.Rows())
	if err != nil || bytes.Contains(text, []byte("geheim")) {
		t.Fatalf("rows: %s, %v", text, err)
	}
	for _, want := range []string{
		`{"key":"auth.token","value":"***","origin":"RIVET_AUTH_TOKEN"}`,
		`{"key":"limits.message","value":"64KiB","origin":"rivet.yaml","at":"rivet.yaml:1:20"}`,
		`{"key":"dev.reload","value":false,"origin":"--no-reload"}`,
		`{"key":"test.timeout","value":"5s","origin":"default"}`,
	} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("rows lack %s:\n%s", want, text)
		}
	}
}

func TestCORSIsMergedFieldByField(t *testing.T) {
	t.Parallel()
	load := func(yaml string) *Resolved {
		r, err := Load(Options{Dir: project(t, map[string]string{"rivet.yaml": yaml})})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if c := load("port: 1").CORS(nil); c != nil {
		t.Errorf("nobody said anything, got %+v", c)
	}
	code := actor.CORS{Dynamic: true, Credentials: true, MaxAge: 5, AllowHeaders: []string{"x"}}
	r := load("cors: { origin: https://a }").WithCode(actor.RunConfig{CORS: &code})
	c := r.CORS(&code)
	if c.Dynamic || !slices.Equal(c.Origins, []string{"https://a"}) || c.MaxAge != 5 || len(c.AllowHeaders) != 1 {
		t.Errorf("merged to %+v", c)
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	sizes := map[string]Size{"0": 0, "65536": 65536, "64KiB": 64 << 10, "1.5 MB": 1_500_000, "2gib": 2 << 30, "7B": 7}
	for in, want := range sizes {
		if got, err := ParseSize(in); err != nil || got != want {
			t.Errorf("ParseSize(%q) = %d, %v; want %d", in, got, err, want)
		}
		if again, err := ParseSize(want.String()); err != nil || again != want {
			t.Errorf("ParseSize(%q) = %d, %v; want %d", want, again, err, want)
		}
	}
	for _, in := range []string{"", "x", "-1", "64 QiB", "1e300GiB", "NaN"} {
		if got, err := ParseSize(in); err == nil {
			t.Errorf("ParseSize(%q) = %d, want an error", in, got)
		}
	}
	durations := map[string]time.Duration{"500ms": 500 * time.Millisecond, "10s": 10 * time.Second, "250": 250 * time.Millisecond, "1h30m": 90 * time.Minute}
	for in, want := range durations {
		if got, err := ParseDuration(in); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for in, want := range map[time.Duration]string{time.Minute: "1m", 90 * time.Second: "1m30s", 0: "0s", 2 * time.Hour: "2h"} {
		if got := formatDuration(in); got != want {
			t.Errorf("formatDuration(%d) = %q, want %q", in, got, want)
		}
	}
	for _, in := range []string{"0%", "101%", "x%", "0"} {
		if m, err := ParseMemory(in); err == nil {
			t.Errorf("ParseMemory(%q) = %v, want an error", in, m)
		}
	}
}

func TestSchemaKnowsEveryKey(t *testing.T) {
	t.Parallel()
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for _, name := range Keys() {
		at := schema
		for _, part := range strings.Split(name, ".") {
			at, _ = at["properties"].(map[string]any)[part].(map[string]any)
			if at == nil {
				t.Errorf("the schema lacks %s", name)
				break
			}
		}
		if at != nil && at["description"] == "" {
			t.Errorf("%s has no description", name)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add(everything)
	f.Add("port: ${A}\n")
	f.Add("a: &x [*x]")
	f.Add("<<: {port: 1}")
	f.Fuzz(func(_ *testing.T, text string) {
		r := file{name: FileName, expand: true, out: map[string]setting{}}
		r.read([]byte(text)) // must not panic
		parseDotEnv(".env", text)
	})
}
