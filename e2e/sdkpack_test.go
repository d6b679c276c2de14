package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSDKPack: what `rivet sdk pack` writes is installed by npm, without network,
// and is a client for Node and types for TypeScript.
func TestSDKPack(t *testing.T) {
	t.Parallel()
	needNode(t)
	dir := t.TempDir()
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = dir, environ("HOME="+t.TempDir())
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %q: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, errOut, code := rivet(t, dir, "sdk", "pack", "vendor", "--json")
	var list []struct{ Package, File string }
	if code != 0 || json.Unmarshal([]byte(out), &list) != nil || len(list) < 4 {
		t.Fatalf("exit %d: %s%s", code, out, errOut)
	}
	write("package.json", `{"name":"front","type":"module","private":true}`)
	install := []string{"install", "--offline", "--no-audit", "--no-fund"}
	for _, p := range list {
		install = append(install, "./"+filepath.ToSlash(p.File))
	}
	run("npm", install...)

	const registry = `import { actor, setup } from "@rivetkit/actor";
const counter = actor({
  onAuth: () => {},
  state: { count: 0 },
  actions: { increment: (c, n: number = 1) => { c.state.count += n; c.broadcast("newCount", c.state.count); return c.state.count; } },
});
export const registry = setup({ use: { counter } });
`
	write("registry.ts", registry)
	s := startDev(t, dir)
	write("main.js", `import { createClient, ActorError } from "@rivetkit/client";
import { createClient as same } from "@rivetkit/actor/client";
import { setup } from "rivetkit";
const client = createClient("`+s.url+`");
const counter = client.counter.getOrCreate(["a"]);
console.log(await counter.increment(5), typeof same, typeof setup);
const error = await counter.nope().catch((e) => e);
console.log(error instanceof ActorError, error.code);
`)
	if got := run("node", "--no-warnings", "main.js"); got != "5 function function\ntrue action_not_found\n" {
		t.Errorf("got %q", got)
	}

	write("front.ts", `import { createClient } from "@rivetkit/client";
import type { registry } from "./registry.js";
const client = createClient<typeof registry>("`+s.url+`");
const n: number = await client.counter.getOrCreate("a").increment(5);
// @ts-expect-error: no string
await client.counter.getOrCreate("a").increment("x");
console.log(n);
`)
	tsc, err := filepath.Abs("../sdk/node_modules/typescript/bin/tsc")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tsc); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("left out: the types of the packages need TypeScript: npm ci in sdk/")
	}
	write("tsconfig.json", `{"files":["front.ts"],"compilerOptions":{"noEmit":true,"strict":true,"exactOptionalPropertyTypes":true,
  "noUncheckedIndexedAccess":true,"verbatimModuleSyntax":true,"isolatedModules":true,"target":"es2022","lib":["es2022","dom","dom.iterable"],"types":[]}}`)
	for _, m := range [][]string{{"--module", "esnext", "--moduleResolution", "bundler"}, {"--module", "node16", "--moduleResolution", "node16"}} {
		run("node", append([]string{tsc, "-p", "."}, m...)...)
	}
}

// TestSDKPackIsReproducible: the same rivet writes the same bytes.
func TestSDKPackIsReproducible(t *testing.T) {
	t.Parallel()
	one, two := t.TempDir(), t.TempDir()
	for _, dir := range []string{one, two} {
		if _, errOut, code := rivet(t, dir, "sdk", "pack"); code != 0 {
			t.Fatal(errOut)
		}
	}
	files, err := filepath.Glob(filepath.Join(one, "*.tgz"))
	if err != nil || len(files) < 4 {
		t.Fatalf("%v: %v", files, err)
	}
	for _, f := range files {
		a, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(two, filepath.Base(f)))
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs (%v)", filepath.Base(f), err)
		}
		if strings.Contains(filepath.Base(f), "@") {
			t.Errorf("%s isn't what npm calls it", f)
		}
	}
}
