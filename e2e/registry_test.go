package e2e

import (
	"testing"
)

func TestRegistryRawRequestsInProcess(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "registry_raw"))
	want := `{"status":201,"headers":["asked","POST"],"chunks":["one","two"],"done":true,` +
		`"refused":[404,"fetch_handler_not_defined"],"failed":[500,"of the actor"],"big":1048576,"aborted":"not wanted",` +
		`"heard":[1,"mine","open","open ?q=1 mine","first","last",[4002,"enough"],3],` +
		`"noHandler":"websocket_handler_not_defined","thrown":"internal_error"}`
	t.Run("of an actor", func(t *testing.T) {
		s.wantCall(t, of("asker", "a"), "ask", `[]`, want)
		s.eventually(t, of("asker", "a"), "closes", `[]`, `[[4002,"enough"]]`)
	})
	t.Run("of the server's own code", func(t *testing.T) {
		if got := s.request(t, "GET", "/", ""); got.body != want {
			t.Errorf("got  %d %s\nwant %s", got.status, got.body, want)
		}
	})
}
