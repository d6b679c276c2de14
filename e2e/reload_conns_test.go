package e2e

import (
	"path/filepath"
	"testing"
)

// A type with onConnect and vars: what onConnect and onDisconnect saw is in the
// state. A stateless call has no name and is not noted.
const guestbook = `import { actor, setup } from "@rivetkit/actor";
type Params = { name?: string } | undefined;
const book = actor({
  onAuth: () => {},
  state: { seen: [] as string[] },
  connState: { hits: 0 },
  vars: { here: 0 },
  onConnect: (c, conn) => {
    const name = (conn.params as Params)?.name;
    if (name) c.state.seen.push("in " + name);
  },
  onDisconnect: (c, conn) => {
    const name = (conn.params as Params)?.name;
    if (name) c.state.seen.push("out " + name);
  },
  actions: { seen: (c) => c.state.seen, hit: (c) => ++c.conn.state.hits },
});
const other = actor({ onAuth: () => {}, state: {}, actions: { hi: () => "hi" } });
`

const (
	withBook    = guestbook + "export const registry = setup({ use: { book, other } });\n"
	withoutBook = guestbook + "void book;\nexport const registry = setup({ use: { other } });\n"
)

// saved saves registry.ts and waits until its code serves.
func (s *server) saved(t testing.TB, text string) {
	t.Helper()
	mark := s.mark()
	save(t, filepath.Join(s.dir, "registry.ts"), text)
	s.event(t, "reload", mark)
}

func TestATypeThatGoesAndComesBack(t *testing.T) {
	t.Parallel()
	s := startDev(t, write(t, withBook))
	q := of("book", "a")
	stays := s.wired().connect(t, q, `{"name":"stays"}`)
	stays.act(0, "hit", `[]`)
	stays.expectResult(0, `1`)
	leaves := s.wired().connect(t, q, `{"name":"leaves"}`)
	leaves.act(0, "hit", `[]`)
	leaves.expectResult(0, `1`)

	s.saved(t, withoutBook)
	s.json().call(t, q, "seen", `[]`).wantCode(t, "a type that has gone", 400, "actor_not_found")
	leaves.leave()
	leaves.expectEnd(1000, "")

	s.saved(t, withBook)
	stays.act(1, "hit", `[]`)
	stays.expectResult(1, `2`)
	s.wantCall(t, q, "seen", `[]`, `["in stays","in leaves","out stays","out leaves","in stays"]`)
	stays.leave()
	stays.expectEnd(1000, "")
	gone := `["in stays","in leaves","out stays","out leaves","in stays","out stays"]`
	within(t, patience, "onDisconnect runs", func() bool { return s.call(t, q, "seen", `[]`) == gone })
	s.again(t).wantCall(t, q, "seen", `[]`, gone)
}

func TestAConnectionThatLeftOldCodeIsGoneAfterACrash(t *testing.T) {
	t.Parallel()
	s := startDev(t, write(t, withBook))
	q := of("book", "a")
	s.wired().connect(t, q, `{"name":"a"}`)
	s.saved(t, withoutBook)
	s.kill()
	save(t, filepath.Join(s.dir, "registry.ts"), withBook)
	startDev(t, s.dir).wantCall(t, q, "seen", `[]`, `["in a","out a"]`)
}
