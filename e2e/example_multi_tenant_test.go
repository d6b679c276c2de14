package e2e

import (
	"strings"
	"testing"
)

func TestExampleMultiTenant(t *testing.T) {
	t.Parallel()
	s := example(t, "multi-tenant", "TENANT_SECRET=of this test")
	s.json().call(t, of("admin"), "open", `["acme","main"]`).wantCode(t, "open by the public", 403, "forbidden")
	open := func(tenant string) []string {
		t.Helper()
		token, stderr, code := rivet(t, s.dir, "call", "admin", "open", tenant, "main", "--raw")
		if code != 0 {
			t.Fatalf("open %s: %s", tenant, stderr)
		}
		return params(`{"token":"` + strings.TrimSpace(token) + `"}`)
	}
	acme, rival := open("acme"), open("rival")
	ws := func(kind, tenant string) string { return query(kind, "workspace", tenant, "main") }
	add := func(q string, headers []string) said {
		t.Helper()
		return s.json().call(t, q, "add", `["the report"]`, headers...)
	}
	add(ws("getForKey", "acme"), acme).want(t, "a tenant in its own", 200, `{"o":{"id":1,"text":"the report","done":false}}`)
	add(ws("getForKey", "acme"), rival).wantCode(t, "a tenant in another's", 403, "forbidden")
	add(ws("getOrCreateForKey", "acme"), acme).wantCode(t, "a tenant that would create", 403, "forbidden")
	add(ws("getForKey", "acme"), nil).wantCode(t, "without a token", 401, "unauthorized")
	for _, forged := range []string{"acme", "acme.", "acme.00", strings.Replace(rival[1], "rival", "acme", 1), `{"token":{"a":1}}`, `{"token":".` + strings.Repeat("0", 64) + `"}`} {
		if !strings.HasPrefix(forged, "{") {
			forged = `{"token":"` + forged + `"}`
		}
		add(ws("getForKey", "acme"), params(forged)).wantCode(t, forged, 401, "unauthorized")
	}
	// The key is a list: "acme/main" as one part is another actor, which isn't there.
	add(query("getForKey", "workspace", "acme/main"), acme).wantCode(t, "a name that looks like a key", 400, "actor_not_found")
	s.json().call(t, ws("getForKey", "rival"), "list", `[]`, rival...).want(t, "the other's list", 200, `{"o":[]}`)
	l := s.wired().dial(t, ws("getForKey", "acme"), strings.Split(rival[1], "\n")[0])
	l.expectRefusal("forbidden")
	s = s.restarted(t, "TENANT_SECRET=of this test")
	s.json().call(t, ws("getForKey", "acme"), "list", `[]`, acme...).want(t, "after a crash", 200, `{"o":[{"id":1,"text":"the report","done":false}]}`)
}
