package studio

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

func TestACodeOpensOneSessionForThirtySeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{StudioToken: "t"})
		defer s.Close()
		redeem := func(code string) (inspect.Session, int) {
			body, _ := json.Marshal(inspect.SessionRequest{Code: code})
			w := ask(s, "POST", "/studio/api/v1/session", string(body))
			var in inspect.Session
			_ = json.Unmarshal(w.Body.Bytes(), &in) // the status says it
			return in, w.Code
		}
		code, late := s.NewCode(), s.NewCode()
		in, status := redeem(code)
		if status != 200 || ask(s, "GET", "/studio/api/v1/types", "", "Authorization", "Bearer "+in.Session).Code != 200 {
			t.Errorf("a fresh code: %d, and its session opens nothing", status)
		}
		if _, status := redeem(code); status != 401 {
			t.Errorf("the same code again: %d, want 401", status)
		}
		if w := ask(s, "GET", "/studio/api/v1/types", "", "Authorization", "Bearer "+late); w.Code != 401 {
			t.Errorf("a code as a bearer: %d, want 401", w.Code)
		}
		time.Sleep(31 * time.Second)
		if _, status := redeem(late); status != 401 {
			t.Errorf("a code of 31 s ago: %d, want 401", status)
		}
		for range maxFailures {
			redeem("guess")
		}
		if _, status := redeem(s.NewCode()); status != 429 {
			t.Errorf("after many wrong ones: %d, want 429", status)
		}
	})
}
