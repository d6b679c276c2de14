package errs

import (
	"strings"
	"testing"
)

func TestClosest(t *testing.T) {
	t.Parallel()
	names := []string{"increment", "get", "reset", "getAll"}
	for in, want := range map[string]string{
		"incremnt": "increment", "icnrement": "increment", "INCREMENT": "increment", "gte": "get", "rest": "reset",
		"getall": "getAll", "nonsense": "", "": "", "x": "", strings.Repeat("a", 500): "",
	} {
		if got := Closest(in, names); got != want {
			t.Errorf("Closest(%q) = %q, want %q", in, got, want)
		}
	}
	if got := Closest("x", nil); got != "" {
		t.Errorf("of nothing: %q", got)
	}
}
