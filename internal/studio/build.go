package studio

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// getBuild is GET /build.
func (s *Studio) getBuild(q *request) error { return q.json(http.StatusOK, s.buildNow()) }

func (s *Studio) buildNow() inspect.Build {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.build
	if b.Version == "" {
		b.Version = s.o.Registry().Version
	}
	return b
}

// config is GET /config: what the project's code asked for, without secrets.
func (s *Studio) config(q *request) error {
	c := s.o.Registry().Config
	said := c.Settings()
	out := make([]inspect.Setting, 0, len(said))
	for _, key := range slices.Sorted(maps.Keys(said)) {
		value := said[key]
		if key == "studio.token" {
			value = "***"
		}
		text, err := json.Marshal(value)
		if err != nil {
			return err // strings, numbers, booleans and lists always encode
		}
		out = append(out, inspect.Setting{Key: key, Value: text})
	}
	return q.json(http.StatusOK, out)
}

// sourceContext is how many lines stand before and after the one asked for.
const sourceContext = 8

// source is GET /source?file&line: only files of the bundle.
func (s *Studio) source(q *request) error {
	line, err := q.int("line", 0, 0, 1<<30)
	if err != nil {
		return err
	}
	file := q.URL.Query().Get("file")
	text, ok := s.o.Source(file)
	if !ok {
		return notFound("%q is no file of the bundle.", file)
	}
	src := linesAround(string(text), line, sourceContext)
	src.File = file
	if src.Lines == nil {
		src.Lines = []string{}
	}
	return q.json(http.StatusOK, inspect.Source(src))
}

// Build and Problem are what [Studio.SetBuild] takes.
type (
	Build   = inspect.Build
	Problem = inspect.Problem
)
