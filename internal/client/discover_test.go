package client

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/errs"
)

// announced is a project below a home, and a server that it announces.
func announced(t *testing.T, hello string) (home, project string, s Server) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/studio/api/v1/hello" || r.Header.Get("Authorization") != "" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, hello)
	}))
	t.Cleanup(srv.Close)
	home = t.TempDir()
	project = filepath.Join(home, "app")
	s = Server{URL: srv.URL, Token: "tok", Data: ".rivet", Version: "1", Protocol: 1, PID: 7, Instance: "i1"}
	if err := os.Mkdir(project, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := WriteServerFile(project, s); err != nil {
		t.Fatal(err)
	}
	return home, project, s
}

func TestDiscoverFindsTheProjectsServer(t *testing.T) {
	home, project, want := announced(t, `{"instance":"i1","version":"1","protocol":1}`)
	deep := filepath.Join(project, "src", "deep")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	got, err := Discover(t.Context(), deep, DiscoverOptions{Home: home})
	if err != nil || *got != want {
		t.Fatalf("got %+v, %v; want %+v", got, err, want)
	}
	if err := RemoveServerFile(project, "other"); err != nil {
		t.Fatal(err)
	}
	if _, err := Discover(t.Context(), deep, DiscoverOptions{Home: home}); err != nil {
		t.Errorf("after another instance's removal: %v", err)
	}
	if err := RemoveServerFile(project, "i1"); err != nil {
		t.Fatal(err)
	}
	if _, err := Discover(t.Context(), deep, DiscoverOptions{Home: home}); !errs.Is(err, errs.NoServer) {
		t.Errorf("after its removal: %v, want no_server", err)
	}
}

func TestDiscoverIgnoresWhatIsStale(t *testing.T) {
	for _, hello := range []string{`{"instance":"i2"}`, `<html>`, ``, `{"instance":"i1","version":"9","protocol":99}`} {
		home, project, _ := announced(t, hello)
		_, err := Discover(t.Context(), project, DiscoverOptions{Home: home})
		if !errs.Is(err, errs.NoServer) || errs.As(err).Hint == "" {
			t.Errorf("hello %q: %v, want no_server with a hint", hello, err)
		}
	}
}

func TestDiscoverRefusesWhatOthersMayTouch(t *testing.T) {
	for path, mode := range map[string]os.FileMode{".rivet/server.json": 0o644, ".rivet": 0o777, "rivet.yaml": 0o666} {
		home, project, _ := announced(t, `{"instance":"i1","protocol":1}`)
		file := filepath.Join(project, "rivet.yaml")
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(project, path), mode); err != nil {
			t.Fatal(err)
		}
		_, err := Discover(t.Context(), project, DiscoverOptions{Home: home})
		if !errs.Is(err, errs.ConfigInvalid) {
			t.Errorf("%s with mode %v: %v, want config_invalid", path, mode, err)
		}
	}
}

func TestFindProjectStopsAtHome(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, "a", "b")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "rivet.yaml"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := FindProject(dir, home); got != "" || err != nil {
		t.Errorf("from below: %q, %v; want none", got, err)
	}
	if got, err := FindProject(home, home); got != home || err != nil {
		t.Errorf("from home itself: %q, %v; want it", got, err)
	}
}

func TestFindProjectSaysWhatItCanNotRead(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := FindProject(file, t.TempDir())
	if e := errs.As(err); e == nil || e.Code != errs.ConfigInvalid || !strings.Contains(e.Msg, file) || e.Hint == "" {
		t.Errorf("FindProject(a file) = %#v", err)
	}
}
