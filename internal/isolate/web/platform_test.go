package web

import (
	"testing"

	"github.com/dop251/goja"
)

func BenchmarkInstall(b *testing.B) {
	h := newHost(b)
	b.ReportAllocs()
	for b.Loop() {
		h.vm = goja.New()
		if err := Install(h); err != nil {
			b.Fatal(err)
		}
	}
}

func TestEveryGlobalLoads(t *testing.T) {
	for i := range lazyGlobals {
		for _, name := range lazyGlobals[i].names {
			h := newHost(t)
			if got := h.eval("return typeof " + name + " !== 'undefined' && globalThis." + name + " === " + name); got != "true" {
				t.Errorf("%s: %s", name, got)
			}
		}
	}
	for _, name := range Builtins() {
		h := newHost(t)
		if got := h.eval("return typeof __rivet_modules['node:" + name + "']"); got != "object" && got != "function" {
			t.Errorf("node:%s: %s", name, got)
		}
	}
}

func TestGlobalsCanBeReplaced(t *testing.T) {
	h := newHost(t)
	got := h.eval(`fetch = 1; globalThis.URL = class X {}; var console = 2;
		return [fetch, URL.name, Object.keys(globalThis).includes("URL"), "Blob" in globalThis].join()`)
	if want := "1,X,false,true"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
