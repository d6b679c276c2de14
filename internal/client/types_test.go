package client

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestTypes(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/studio/api/v1/types" || r.Header.Get("Authorization") != "Bearer s" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `[{"type":"counter","actions":[{"name":"get","doc":"later"}]}]`)
	}))
	defer srv.Close()
	for token, ok := range map[string]bool{"s": true, "x": false} {
		c, err := New(Options{URL: srv.URL, Token: token})
		if err != nil {
			t.Fatal(err)
		}
		types, err := c.Types(context.Background())
		if ok != (err == nil) || ok && (len(types) != 1 || types[0].Name != "counter" || types[0].Actions[0] != "get") {
			t.Errorf("token %q: %v, %v", token, types, err)
		}
	}
}
