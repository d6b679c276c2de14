package e2e

import (
	"strings"
	"testing"
)

func TestExampleAuth(t *testing.T) {
	t.Parallel()
	s := example(t, "auth")
	token := func(name string) []string { return params(`{"token":"token-` + name + `"}`) }
	call := func(q, action, args string, headers ...string) said {
		t.Helper()
		return s.json().call(t, q, action, args, headers...)
	}

	forum := of("forum", "main")
	call(forum, "read", `[]`).wantCode(t, "no token", 400, "missing_token")
	call(forum, "read", `[]`, params(`{"token":"toString"}`)...).wantCode(t, "a wrong token", 401, "unauthorized")
	call(forum, "whoAmI", `[]`, token("rita")...).want(t, "rita", 200, `{"o":{"name":"rita","role":"reader"}}`)
	call(forum, "post", `["hi"]`, token("rita")...).want(t, "a reader posts", 403, `{"c":"forbidden","m":"This takes a member.","md":{"role":"reader"}}`)
	call(forum, "post", `["hi"]`, token("max")...).want(t, "a member posts", 200, `{"o":{"id":1,"by":"max","text":"hi"}}`)
	call(forum, "remove", `[1]`, token("max")...).wantCode(t, "a member removes", 403, "forbidden")
	call(forum, "remove", `[1]`, token("mona")...).want(t, "a moderator removes", 200, `{}`)
	eachTransport(t, s, func(t *testing.T, w wired) {
		w.dial(t, forum, "").expectRefusal("missing_token")
		c := w.connect(t, forum, `{"token":"token-rita"}`)
		c.act(0, "post", `["hi"]`)
		c.refused(0, "forbidden")
	})
	if out, stderr, code := rivet(t, s.dir, "call", "forum/main", "post", "from the server"); code != 0 || !strings.Contains(out, `"by":"server"`) {
		t.Errorf("server-side: %d %s %s", code, out, stderr)
	}

	mine := of("profile", "max")
	call(mine, "write", `["about me"]`, "X-Api-Key", "token-max").want(t, "one's own profile", 200, `{}`)
	call(mine, "read", `[]`, "X-Api-Key", "token-rita").wantCode(t, "somebody else's", 403, "forbidden")
	call(mine, "read", `[]`).wantCode(t, "no header", 400, "missing_token")

	board := of("board", "news")
	call(board, "notes", `[]`, token("max")...).wantCode(t, "a member opens a board", 403, "forbidden")
	there := query("getForKey", "board", "news")
	call(there, "notes", `[]`).wantCode(t, "it wasn't created by that", 400, "actor_not_found")
	call(board, "notes", `[]`, token("mona")...).want(t, "a moderator does", 200, `{"o":[]}`)
	call(there, "pin", `["a note"]`).want(t, "anybody uses it", 200, `{"o":1}`)

	call(of("vault"), "read", `[]`, token("mona")...).wantCode(t, "no onAuth", 403, "forbidden")
	if out, stderr, code := rivet(t, s.dir, "call", "vault", "read", "--raw"); code != 0 || strings.TrimSpace(out) != "42" {
		t.Errorf("the vault, server-side: %d %s %s", code, out, stderr)
	}
}
