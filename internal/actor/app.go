package actor

import "strings"

// App is what was given to serve(app).
type App struct {
	// Routes are the path patterns of a Hono app's routes and middleware: the
	// registry is mounted in it. Nil: it only has a fetch.
	Routes []string
	// Whole: it mounts the registry itself, and so sees every request.
	Whole bool
}

// Matches reports whether a route or middleware of the app may match a path;
// a pattern whose parts are expressions is taken to.
func (a *App) Matches(path string) bool {
	for _, pattern := range a.Routes {
		if patternMatches(pattern, path) {
			return true
		}
	}
	return false
}

func patternMatches(pattern, path string) bool {
	if pattern == "*" {
		return true
	}
	want := strings.Split(strings.TrimPrefix(pattern, "/"), "/")
	got := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for n, w := range want {
		if strings.ContainsAny(w, "{?") || w == "*" && n == len(want)-1 {
			return true
		}
		if n >= len(got) {
			return false
		}
		if w != "*" && !strings.HasPrefix(w, ":") && w != got[n] {
			return false
		}
	}
	return len(got) == len(want)
}
