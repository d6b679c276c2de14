package e2e

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const minimal = `import { actor, setup } from "@rivetkit/actor";
const counter = actor({ onAuth: () => {}, state: { n: 0 }, actions: { inc: (c) => ++c.state.n } });
`

// write makes a project with the given registry.ts.
func write(t testing.TB, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "registry.ts"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestBadStart is what keeps `rivet dev` from starting: each error names what,
// where and what to do, and ends with the right exit code.
func TestBadStart(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		code  string
		exit  int
		wants []string
	}{
		"no registry exported": {minimal + "export const x = 1;\n", 1, []string{"registry.ts", "export", "setup("}},
		"nothing exported":     {"console.log(1);\n", 1, []string{"registry.ts", "setup("}},
		"two registries": {minimal + "export const a = setup({ use: { counter } });\nexport const b = setup({ use: { counter } });\n",
			1, []string{"registry.ts", "several registries: a, b"}},
		"two actors of one name": {minimal + "export const registry = setup({ use: { counter, counter: counter } });\n",
			1, []string{"registry.ts:3:", "counter", "one name"}},
		"an actor named as a client method": {minimal + "export const registry = setup({ use: { get: counter } });\n",
			1, []string{`"get"`}},
		"unknown option": {`import { actor, setup } from "@rivetkit/actor";
const counter = actor({ state: {}, onWake: () => {}, actions: {} });
export const registry = setup({ use: { counter } });
`, 1, []string{"counter", "onWake", "registry.ts:2:"}},
		"syntax error":    {minimal + "export const registry = setup({ use: { counter } ;\n", 1, []string{"registry.ts:3:", "setup({ use"}},
		"throw at load":   {minimal + "throw new Error('not today');\nexport const registry = setup({ use: { counter } });\n", 1, []string{"registry.ts:3:", "not today"}},
		"unusable import": {"import pg from \"node:net\";\nconsole.log(pg);\n", 1, []string{"registry.ts:1:", "node:net"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := write(t, tt.code)
			_, errOut, code := rivet(t, dir, "dev", "--port", "0", "--no-reload")
			if code != tt.exit {
				t.Errorf("exit code %d, want %d", code, tt.exit)
			}
			for _, want := range tt.wants {
				if !strings.Contains(errOut, want) {
					t.Errorf("the error has no %q:\n%s", want, errOut)
				}
			}
			if strings.Contains(errOut, "goroutine ") || strings.Contains(errOut, "Usage:") {
				t.Errorf("a stack or a usage text:\n%s", errOut)
			}
		})
	}
}

func TestPortTaken(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	dir := write(t, minimal+"export const registry = setup({ use: { counter } });\n")
	_, errOut, code := rivet(t, dir, "dev", "--no-reload", "--port", strconv.Itoa(port))
	if code != 1 || !strings.Contains(errOut, strconv.Itoa(port)) || !strings.Contains(errOut, "port_taken") || !strings.Contains(errOut, "--port") {
		t.Errorf("exit %d:\n%s", code, errOut)
	}
}

func TestTwoServersOnOneDirectory(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "wire"))
	_, errOut, code := rivet(t, s.dir, "dev", "--port", "0", "--no-reload")
	if code != 1 || !strings.Contains(errOut, "data_locked") || !strings.Contains(errOut, strconv.Itoa(s.cmd.Process.Pid)) {
		t.Errorf("exit %d; want it to name the process that holds the directory (%d):\n%s", code, s.cmd.Process.Pid, errOut)
	}
	if s.count(t, "x") != 0 {
		t.Error("the first server was disturbed")
	}
}

func TestDataThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	good := minimal + "export const registry = setup({ use: { counter } });\n"
	t.Run("not writable", func(t *testing.T) {
		t.Parallel()
		dir := write(t, good)
		_, errOut, code := rivet(t, dir, "dev", "--port", "0", "--no-reload", "--data", "/proc/rivet")
		if code != 1 || !strings.Contains(errOut, "/proc/rivet") {
			t.Errorf("exit %d:\n%s", code, errOut)
		}
	})
	t.Run("a file in its place", func(t *testing.T) {
		t.Parallel()
		dir := write(t, good)
		if err := os.WriteFile(filepath.Join(dir, "d"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		_, errOut, code := rivet(t, dir, "dev", "--port", "0", "--no-reload", "--data", "d")
		if code != 1 || !strings.Contains(errOut, filepath.Join(dir, "d")) {
			t.Errorf("exit %d:\n%s", code, errOut)
		}
	})
	t.Run("corrupt", func(t *testing.T) {
		t.Parallel()
		dir := write(t, good)
		if err := os.Mkdir(filepath.Join(dir, ".rivet"), 0o700); err != nil {
			t.Fatal(err)
		}
		db := filepath.Join(dir, ".rivet", "rivet.db")
		if err := os.WriteFile(db, []byte(strings.Repeat("this is no database\n", 500)), 0o600); err != nil {
			t.Fatal(err)
		}
		_, errOut, code := rivet(t, dir, "dev", "--port", "0", "--no-reload")
		if code != 1 || !strings.Contains(errOut, "rivet.db") || !strings.Contains(errOut, "data_corrupt") {
			t.Errorf("exit %d:\n%s", code, errOut)
		}
		if text, err := os.ReadFile(db); err != nil || !strings.HasPrefix(string(text), "this is no database") {
			t.Errorf("the file was changed: %v", err)
		}
	})
}

// TestAProjectAnnouncesOneServer: a second server on other data leaves the
// first one's announcement alone, also when it ends.
func TestAProjectAnnouncesOneServer(t *testing.T) {
	t.Parallel()
	first := startDev(t, project(t, "wire"))
	call := func(want string) {
		t.Helper()
		out, errOut, code := rivet(t, first.dir, "call", "counter/one", "increment", "1")
		if code != 0 || strings.TrimSpace(out) != want {
			t.Errorf("call: exit %d, printed %q, want %q\n%s", code, out, want, errOut)
		}
	}
	call("1")
	second := startDev(t, first.dir, "--memory")
	second.event(t, "not_announced", 0)
	call("2")
	if code := second.interrupt(t); code != 0 {
		t.Errorf("the second server exits with %d", code)
	}
	call("3")
}
