package studio

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
)

func TestTypesAreForWhoBearsTheToken(t *testing.T) {
	t.Parallel()
	registry := &actor.Registry{Actors: map[string]*actor.Definition{
		"room": {}, "counter": {Actions: []string{"increment", "get"}},
	}}
	tests := map[string]struct {
		token, header, body string
		status              int
	}{
		"the token opens it":                   {"s", "Bearer s", `[{"type":"counter","actions":[{"name":"increment"},{"name":"get"}]},{"type":"room","actions":[]}]`, 200},
		"another does not":                     {"s", "Bearer x", "unauthorized", 401},
		"none does not":                        {"s", "", "unauthorized", 401},
		"an empty one opens nothing":           {"", "Bearer ", "unauthorized", 401},
		"nor does a header without its scheme": {"s", "s", "unauthorized", 401},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := New(Options{AuthToken: tt.token, Registry: func() *actor.Registry { return registry }})
			r := httptest.NewRequest(http.MethodGet, "/studio/api/v1/types", nil)
			if tt.header != "" {
				r.Header.Set("Authorization", tt.header)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, tt.status, tt.body)
			}
		})
	}
}
