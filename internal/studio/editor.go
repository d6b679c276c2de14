package studio

import (
	"context"
	"errors"
	"net/http"
	"os/exec"
	"time"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// editorWait is how long an editor has to say that it can't start.
const editorWait = 2 * time.Second

// editor is POST /editor: the user's editor opens a file of the bundle. What it
// runs is a list of arguments; no shell reads it.
func (s *Studio) editor(q *request) error {
	var in inspect.OpenFile
	if err := q.read(&in); err != nil {
		return err
	}
	path, ok := s.o.Locate(in.File)
	if !ok {
		return notFound("%q is no file of the bundle.", in.File)
	}
	argv, err := s.o.Editor(path, max(in.Line, 1), max(in.Column, 1))
	if err != nil {
		return err
	}
	if err := open(q.Context(), argv); err != nil {
		return noEditor("%s doesn't open: %v.", argv[0], err)
	}
	q.WriteHeader(http.StatusNoContent)
	return nil
}

func noEditor(format string, args ...any) error {
	return coded(http.StatusUnprocessableEntity, codeEditor, format, args...).
		WithHint("Set VISUAL to an editor with a window, such as code or zed, and start rivet again.")
}

// open starts an editor. It may outlive rivet, with text that isn't saved, so
// it is never ended from here.
func open(ctx context.Context, argv []string) error {
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:gosec // the user's own editor, by argv
	if err := cmd.Start(); err != nil {
		var e *exec.Error
		if errors.As(err, &e) {
			return e.Err
		}
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // ends with the editor
	select {
	case err := <-ended:
		return err
	case <-time.After(editorWait):
	case <-ctx.Done():
	}
	return nil
}
