package e2e

import (
	"testing"
)

func TestExampleRawHonoAPI(t *testing.T) {
	t.Parallel()
	s := startDev(t, installed(t, "raw-hono-api"))
	want := func(method, path, body string, status int, answer string, headers ...string) {
		t.Helper()
		got := s.request(t, method, path, body, headers...)
		if got.status != status || got.body != answer {
			t.Errorf("%s %s: %d %q, want %d %q", method, path, got.status, got.body, status, answer)
		}
	}
	want("GET", "/lists/groceries/items", "", 200, `[]`)
	want("POST", "/lists/groceries/items", `{"text":"milk"}`, 201, `{"id":1,"text":"milk"}`)
	want("POST", "/lists/groceries/items", `{}`, 400, `{"error":"An item needs a text."}`)
	want("POST", "/lists/groceries/items", `{"text":"tea"}`, 201, `{"id":2,"text":"tea"}`)
	want("DELETE", "/lists/groceries/items/1", "", 204, ``)
	want("DELETE", "/lists/groceries/items/1", "", 404, `404 Not Found`)
	want("GET", "/lists/a%20b%2Fc/items", "", 200, `[]`)
	want("GET", "/", "", 200, "Try /lists/groceries/items")
	raw := []string{"X-RivetKit-Query", of("list", "groceries")}
	want("GET", "/registry/actors/raw/http/items", "", 200, `[{"id":2,"text":"tea"}]`, raw...)

	c := s.wired().connect(t, of("list", "groceries"), "")
	c.subscribe("added", true)
	c.act(0, "count", `[]`)
	c.expectResult(0, `1`)
	want("POST", "/lists/groceries/items", `{"text":"jam"}`, 201, `{"id":3,"text":"jam"}`)
	c.expectEvent("added", `[{"id":3,"text":"jam"}]`)
	s = s.restarted(t)
	want("GET", "/lists/groceries/items", "", 200, `[{"id":2,"text":"tea"},{"id":3,"text":"jam"}]`)
}
