package studio

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// exportForm is the version of a line.
const exportForm = 1

// export is GET /export?actor&type: a line an actor. Each is as of one moment;
// an error in the middle breaks the answer off.
func (s *Studio) export(q *request) error {
	p := q.URL.Query()
	if id := actor.ID(p.Get("actor")); id != "" {
		line, err := s.exported(q.Context(), id)
		if err != nil {
			return err
		}
		q.lines()
		_, _ = q.ResponseWriter.Write(line)
		return nil
	}
	all, err := s.dir.known(q.Context())
	if err != nil {
		return err
	}
	q.lines()
	for _, a := range all {
		if typ := p.Get("type"); typ != "" && a.Type != typ {
			continue
		}
		line, err := s.exported(q.Context(), actor.ID(a.ID))
		if errs.Is(err, errs.ActorNotFound) {
			continue // destroyed meanwhile
		}
		if err != nil {
			s.o.Log.Error("an export was broken off", "actor", a.ID, "error", err)
			panic(http.ErrAbortHandler)
		}
		if _, err := q.ResponseWriter.Write(line); err != nil {
			return nil //nolint:nilerr // the client has gone
		}
	}
	return nil
}

func (q *request) lines() {
	q.ResponseWriter.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
	q.WriteHeader(http.StatusOK)
}

func (s *Studio) exported(ctx context.Context, id actor.ID) ([]byte, error) {
	img, err := s.o.Engine.Image(ctx, id)
	if err != nil {
		return nil, err
	}
	alarms, err := s.o.Store.AlarmsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	key := []string(img.Ref.Key)
	if key == nil {
		key = []string{}
	}
	x := inspect.Exported{Rivet: exportForm, Type: img.Ref.Name, Key: key, ID: string(id),
		CreatedAt: img.Ref.CreatedAt.UnixMilli(), Input: inspect.TaggedPtr(given(img.Input)), Schedule: []inspect.ExportedAlarm{}}
	if img.Snapshot != nil {
		tree, err := treeOf(img)
		if err != nil {
			return nil, err
		}
		x.State = &inspect.Tagged{Tree: tree}
	}
	for _, a := range alarms {
		x.Schedule = append(x.Schedule, inspect.ExportedAlarm{Action: a.Action, Args: inspect.TaggedOf(&value.Array{Items: a.Args}), At: a.At.UnixMilli()})
	}
	b, err := encode(x)
	return append(b, '\n'), err
}

// imports is POST /import?mode&dryRun: lines of an export. What became of each
// is told in lines, as they are done. mode: "" or create-only (an actor that
// exists is skipped), or replace.
func (s *Studio) imports(q *request) error {
	p := q.URL.Query()
	mode := p.Get("mode")
	if mode != "" && mode != "create-only" && mode != "replace" {
		return invalid("mode=%s: want create-only or replace.", mode)
	}
	dry := p.Get("dryRun") == "true" || p.Get("dryRun") == "1"
	q.lines()
	flush := http.NewResponseController(q.ResponseWriter)
	_ = flush.EnableFullDuplex() // HTTP/1: answer while the body is read
	in := bufio.NewReaderSize(http.MaxBytesReader(q.ResponseWriter, q.Body, maxImport), 1<<16)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 {
			out := s.importLine(q.Context(), trimmed, mode == "replace", dry)
			out.Line = n
			b, eerr := encode(out)
			if eerr != nil {
				return nil //nolint:nilerr // can't happen: the parts encode
			}
			_, _ = q.ResponseWriter.Write(append(b, '\n'))
			_ = flush.Flush()
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				b, _ := encode(inspect.Imported{Line: n, Result: "failed", Error: s.errorOf(invalid("The body can't be read: %v.", err))})
				_, _ = q.ResponseWriter.Write(append(b, '\n'))
			}
			return nil
		}
	}
}

func (s *Studio) importLine(ctx context.Context, line []byte, replace, dry bool) inspect.Imported {
	var x inspect.Exported
	out := inspect.Imported{Result: "failed"}
	if err := json.Unmarshal(line, &x); err != nil {
		out.Error = s.errorOf(invalid("This line is no export: %v.", err))
		return out
	}
	out.Type, out.Key = x.Type, x.Key
	in, err := importing(&x)
	if err == nil && s.o.Registry().Actors[x.Type] == nil {
		err = coded(http.StatusNotFound, errs.ActorNotFound, "The code defines no actor type %s.", x.Type)
	}
	if err != nil {
		out.Error = s.errorOf(err)
		return out
	}
	in.Replace = replace
	out.ID = string(in.Ref.ID)
	var made, replaced bool
	if dry {
		_, lerr := s.o.Engine.Lookup(ctx, in.Ref.ID)
		made, replaced = errs.Is(lerr, errs.ActorNotFound), lerr == nil && replace
		if lerr != nil && !made {
			err = lerr
		}
	} else {
		made, replaced, err = s.o.Engine.Import(ctx, in)
	}
	switch {
	case err != nil:
		out.Error = s.errorOf(err)
	case made:
		out.Result = "created"
	case replaced:
		out.Result = "replaced"
	default:
		out.Result = "skipped"
	}
	return out
}

func importing(x *inspect.Exported) (actor.Importing, error) {
	in := actor.Importing{Input: value.Undefined{}}
	if x.Rivet != exportForm {
		return in, invalid("The line has the form %d; this server reads form %d.", x.Rivet, exportForm)
	}
	if x.Type == "" {
		return in, invalid("The type is missing.")
	}
	in.Ref = actor.Ref{ID: actor.IDOf(x.Type, x.Key), Name: x.Type, Key: x.Key, Region: "local", CreatedAt: time.UnixMilli(x.CreatedAt)}
	if x.Input != nil {
		v, err := x.Input.Value()
		if err != nil {
			return in, invalid("input: %v.", err)
		}
		in.Input = v
	}
	if x.State != nil {
		v, err := x.State.Value()
		if err != nil {
			return in, coded(http.StatusUnprocessableEntity, codeState, "state: %v.", err)
		}
		in.State = value.GraphOf(v).Encode()
	}
	for _, a := range x.Schedule {
		list, err := args(a.Args)
		if err != nil {
			return in, err
		}
		in.Alarms = append(in.Alarms, actor.Alarm{ID: actor.AlarmID(uuid.NewString()), At: time.UnixMilli(a.At), Action: a.Action, Args: list})
	}
	return in, nil
}
