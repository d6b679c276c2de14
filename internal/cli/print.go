package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/itchyny/gojq"

	"github.com/rivetdev/rivet/internal/errs"
)

// jqFailed: the filter of --jq doesn't fit what it was given.
const jqFailed errs.Code = "jq_failed"

// printJSON prints a command's document: what --jq makes of it, if that was
// given, else the whole; indented and coloured on a terminal, on one line in a
// pipe.
func (a *App) printJSON(ctx context.Context, v any) error {
	text, err := marshal(v)
	if err != nil {
		return err
	}
	return a.printRaw(ctx, text, false)
}

// printJSONLine prints one document of many, always on one line.
func (a *App) printJSONLine(ctx context.Context, v any) error {
	text, err := marshal(v)
	if err != nil {
		return err
	}
	return a.printRaw(ctx, text, true)
}

// marshal is v as JSON, with < and > as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// printRaw prints text that is JSON already; line: on one line anywhere.
func (a *App) printRaw(ctx context.Context, text []byte, line bool) error {
	if a.filter == nil {
		return writeRawJSON(a.Out, text, a.OutTTY && !line, a.OutTTY, a.colorOut())
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // so that large ones stay as they are
	var doc any
	if err := d.Decode(&doc); err != nil {
		return fmt.Errorf("read JSON: %w", err)
	}
	for results := a.filter.RunWithContext(ctx, doc); ; {
		v, more := results.Next()
		if !more {
			return nil
		}
		if err, bad := v.(error); bad {
			var halt *gojq.HaltError
			switch {
			case ctx.Err() != nil:
				return context.Cause(ctx)
			case errors.As(err, &halt) && halt.Value() == nil:
				return nil
			}
			return (&failure{says: errs.New(jqFailed, "%v", err)}).pointAt(a.global.jq)
		}
		if s, bare := v.(string); bare { // as gh and jq -r do
			if _, err := io.WriteString(a.Out, a.outText(s)+"\n"); err != nil {
				return err
			}
			continue
		}
		text, err := gojq.Marshal(v)
		if err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
		if err := writeRawJSON(a.Out, text, a.OutTTY && !line, a.OutTTY, a.colorOut()); err != nil {
			return err
		}
	}
}

// compileJQ reads the filter of --jq, which implies --json.
func (a *App) compileJQ() error {
	if a.global.jq == "" {
		return nil
	}
	q, err := gojq.Parse(a.global.jq)
	if err == nil {
		a.filter, err = gojq.Compile(q)
	}
	if err != nil {
		return usage("--jq: %v", err).pointAt(a.global.jq).hint("such as '.items[].id'; the language is jq's")
	}
	a.global.json = true
	return nil
}
