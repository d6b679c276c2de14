//go:build unix

package tui

import (
	"testing"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// What a person asks for reaches the server, as it was asked, and is told.
func TestWhatIsAskedForIsDone(t *testing.T) {
	t.Parallel()
	actor := inspect.Base + "/actors/a1"
	tests := map[string]struct {
		keys    []string
		shown   string // before the last key
		asks    string // the question, "": none
		answer  string
		request string
		said    string // on the bottom line
	}{
		"run":        {keys: []string{"\r", "5", "r"}, shown: "remind(", request: "POST " + inspect.Base + "/schedule/s1/run", said: "ran remind"},
		"retry":      {keys: []string{"\r", "5", "jR"}, shown: "expire(", request: "POST " + inspect.Base + "/schedule/s2/retry"},
		"cancel":     {keys: []string{"\r", "5", "x"}, shown: "remind(", asks: "take remind off the schedule?", answer: "y\r", request: "DELETE " + inspect.Base + "/schedule/s1", said: "cancelled remind"},
		"disconnect": {keys: []string{"\r", "3", "x"}, shown: "c1f00d", asks: "disconnect c1f00d?", answer: "y\r", request: "DELETE " + actor + "/connections/c1f00d"},
		"wake":       {keys: []string{":", "wake the", "\r"}, request: "POST " + actor + "/wake"},
		"sleep":      {keys: []string{":", "put the actor", "\r"}, request: "POST " + actor + "/sleep"},
		"restart":    {keys: []string{":", "restart the", "\r"}, request: "POST " + actor + "/restart", said: "restarted"},
		"destroy":    {keys: []string{":", "destroy the", "\r"}, asks: "type cart/eu/42 to destroy it:", answer: "cart/eu/42\r", request: "DELETE " + actor, said: "destroyed cart/eu/42"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			s := at80(t, f)
			last := len(tt.keys) - 1
			s.keys(tt.keys[:last]...)
			s.wait(tt.shown)
			s.keys(tt.keys[last])
			if tt.asks != "" {
				s.wait(tt.asks)
				if f.requested(tt.request) {
					t.Error("done before the question was answered")
				}
				s.keys(tt.answer)
			}
			s.wait(tt.said)
			if !s.within(func() bool { return f.requested(tt.request) }) {
				t.Errorf("no %s", tt.request)
			}
		})
	}
}

func TestAQuestionThatIsDeniedDoesNothing(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	s := at80(t, f)
	s.keys(":", "destroy the", "\r")
	s.wait("to destroy it:")
	s.keys("cart/eu/43\r")
	s.wait("left as it is")
	if f.requested("DELETE " + inspect.Base + "/actors/a1") {
		t.Error("destroyed under another name")
	}
}

// What somebody else changed while a person edited is never overwritten; where
// the two don't meet, both are kept.
func TestAnEditMeetsAnother(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		meanwhile string // the path
		want      string
	}{
		"at the same place":  {"/total", "The state has changed at /total"},
		"at another place":   {"/paid", "saved; u undoes it"},
		"of the whole state": {"", "The state has changed at /total"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.meanwhile = inspect.Patch{{Op: "replace", Path: tt.meanwhile, Value: "theirs"}}
			s := at80(t, f)
			s.keys("\r", "j", "j", "j", "j") // at total
			s.keys("e")
			s.wait("/total = 41.5")
			s.keys("\x15", "43", "\r")
			s.wait("+ 43")
			s.keys("\r")
			s.wait(tt.want)
		})
	}
}
