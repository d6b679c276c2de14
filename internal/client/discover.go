package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/rivetdev/rivet/internal/errs"
)

// Protocol is the newest version of the inspector API that this client speaks.
const Protocol = 1

// probeTimeout bounds the question whether an announced server is alive.
const probeTimeout = 2 * time.Second

// Server is what a running server announces in its project's .rivet/server.json.
type Server struct {
	URL      string `json:"url"`
	Token    string `json:"token"`
	Data     string `json:"data"`
	Version  string `json:"version"`
	Protocol int    `json:"protocol"`
	PID      int    `json:"pid"`
	Instance string `json:"instance"` // names this run of it
}

// DiscoverOptions configure Discover; a zero field takes the default it names.
type DiscoverOptions struct {
	Home       string       // the search stops there; "": the user's home directory
	HTTPClient *http.Client // nil: http.DefaultClient
}

// Discover finds the server that the project around dir is running. The error
// is errs.NoServer if there is none, or only the file of one that has ended;
// errs.ConfigInvalid for a file that someone else could have written.
func Discover(ctx context.Context, dir string, o DiscoverOptions) (*Server, error) {
	project, err := FindProject(dir, o.Home)
	if err != nil {
		return nil, err
	}
	if project == "" {
		return nil, noServer("there is no rivet project in %s or above it", dir)
	}
	s, err := readServerFile(project)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, noServer("no server of the project %s is running", project)
	}
	if err := s.probe(ctx, o.HTTPClient); err != nil {
		return nil, err
	}
	return s, nil
}

func noServer(format string, args ...any) *errs.Error {
	return errs.New(errs.NoServer, format, args...).WithHint("start one with: rivet dev")
}

// FindProject is the nearest directory upwards from dir that has rivet.yaml or
// .rivet, "" if there is none. It looks at dir itself, and no further up than
// below home ("": the user's) and to the root of dir's file system.
func FindProject(dir, home string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", errs.Wrap(errs.Usage, err, "find the project of %s", dir)
	}
	if home == "" {
		home, _ = os.UserHomeDir() // without one nothing stops us there
	}
	for at := dir; ; {
		found := false
		for _, name := range []string{"rivet.yaml", ".rivet"} {
			info, err := os.Stat(filepath.Join(at, name))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return "", unreadable(filepath.Join(at, name), err)
			}
			if err := trusted(filepath.Join(at, name), info); err != nil {
				return "", err
			}
			found = true
		}
		if found {
			return at, nil
		}
		up := filepath.Dir(at)
		if up == at || at == home || up == home || !sameDevice(at, up) {
			return "", nil
		}
		at = up
	}
}

// unreadable says what the system said of a file that tells where the project
// or its server is.
func unreadable(path string, err error) error {
	said := err
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		said = p.Err
	}
	return errs.Wrap(errs.ConfigInvalid, err, "%s can't be read: %v", path, said).
		WithHint("check who may read it, or name the server with --url")
}

func serverFile(project string) string { return filepath.Join(project, ".rivet", "server.json") }

// readServerFile reads what a server announced; nil if none did.
func readServerFile(project string) (*Server, error) {
	path := serverFile(project)
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe would be waited for without end
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, unreadable(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, errs.New(errs.ConfigInvalid, "%s is no regular file", path).
			WithHint("move it away, and restart the server")
	}
	if err := secret(path, info); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, 1<<16))
	if err != nil {
		return nil, unreadable(path, err)
	}
	var s Server
	if json.Unmarshal(b, &s) != nil || s.URL == "" || s.Instance == "" {
		return nil, nil // as good as none: the next server replaces it
	}
	return &s, nil
}

// probe asks whether the server at s.URL is the one that announced itself.
func (s *Server) probe(ctx context.Context, hc *http.Client) error {
	if hc == nil {
		hc = http.DefaultClient
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	stale := noServer("the project's server at %s has ended", s.URL)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(s.URL, "/")+"/studio/api/v1/hello", nil)
	if err != nil {
		return stale
	}
	res, err := hc.Do(req)
	if err != nil {
		return stale
	}
	defer res.Body.Close()
	var hello struct {
		Instance string `json:"instance"`
		Version  string `json:"version"`
		Protocol int    `json:"protocol"`
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<16)).Decode(&hello); err != nil || hello.Instance != s.Instance {
		return stale
	}
	if hello.Protocol > Protocol {
		return errs.New(errs.NoServer, "the server at %s is rivet %s, newer than this one", s.URL, hello.Version).
			WithHint("upgrade this rivet")
	}
	s.Version, s.Protocol = hello.Version, hello.Protocol
	return nil
}

// WriteServerFile announces a server to its project. A file of a server that
// has ended is replaced; readers see the old or the new one whole.
func WriteServerFile(project string, s Server) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("write server file: %w", err)
	}
	path := serverFile(project)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write server file: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "server-*.json.tmp") // 0600
	if err != nil {
		return fmt.Errorf("write server file: %w", err)
	}
	_, err = f.Write(append(b, '\n'))
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error is the one to tell
		return fmt.Errorf("write server file: %w", err)
	}
	return nil
}

// RemoveServerFile takes back the announcement of the server of that instance;
// another server's stays.
func RemoveServerFile(project, instance string) error {
	s, err := readServerFile(project)
	if err != nil || s == nil || s.Instance != instance {
		return err
	}
	if err := os.Remove(serverFile(project)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove server file: %w", err)
	}
	return nil
}
