package actor

import "testing"

func TestAppMatches(t *testing.T) {
	tests := map[string]struct {
		pattern, path string
		want          bool
	}{
		"everything":                {"*", "/registry/actors/resolve", true},
		"everything, with a slash":  {"/*", "/registry", true},
		"below the mount":           {"/registry/*", "/registry/actors/resolve", true},
		"the mount itself":          {"/registry/*", "/registry", true},
		"one route below the mount": {"/registry/mine", "/registry/mine", true},
		"another route below it":    {"/registry/mine", "/registry/actors/resolve", false},
		"a parameter":               {"/:page", "/registry/actors/resolve", false},
		"parameters, then the rest": {"/:a/:b/*", "/registry/actors/resolve", true},
		"an expression":             {"/:path{.+}", "/registry/actors/resolve", true},
		"an optional part":          {"/registry/:x?", "/registry", true},
		"somewhere else":            {"/increment/:key", "/registry/actors", false},
		"the root":                  {"/", "/registry", false},
		"a wild part in the middle": {"/registry/*/resolve", "/registry/actors/resolve", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := App{Routes: []string{tt.pattern}}
			if got := a.Matches(tt.path); got != tt.want {
				t.Errorf("%s matches %s: %t, want %t", tt.pattern, tt.path, got, tt.want)
			}
		})
	}
}
