package client

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// Repl evaluates an input in a REPL session on the server. What the input
// throws is in the answer; the error is that there is none.
func (in *Inspector) Repl(ctx context.Context, q inspect.ReplRequest) (out inspect.ReplAnswer, err error) {
	return out, in.ask(ctx, "POST", "/repl", nil, q, &out)
}

// ReplLive is Repl with what is logged told as it comes; it isn't in the answer
// then.
func (in *Inspector) ReplLive(ctx context.Context, q inspect.ReplRequest, told func(inspect.ReplLog)) (out inspect.ReplAnswer, err error) {
	body, err := json.Marshal(q)
	if err != nil {
		return out, errs.Wrap(errs.InvalidRequest, err, "encode the request")
	}
	res, err := in.sendAs(ctx, "POST", "/repl", nil, bytes.NewReader(body), "application/x-ndjson")
	if err != nil {
		return out, err
	}
	defer res.Body.Close()
	answered := false
	err = lines(res.Body, func(b []byte) error {
		var e inspect.ReplEvent
		if err := json.Unmarshal(b, &e); err != nil {
			return malformed("a line that is no JSON: %.80q", b)
		}
		if e.Log != nil {
			told(*e.Log)
		}
		if e.Answer != nil {
			out, answered = *e.Answer, true
		}
		return nil
	})
	if err == nil && !answered {
		err = errs.New(errs.ConnectionLost, "the server's answer broke off")
	}
	return out, err
}

// InterruptRepl stops the line that runs in a session.
func (in *Inspector) InterruptRepl(ctx context.Context, session string) error {
	return in.ask(ctx, "DELETE", "/repl/"+url.PathEscape(session), nil, nil, nil)
}

// EndRepl ends a session: its variables are gone.
func (in *Inspector) EndRepl(ctx context.Context, session string) error {
	return in.ask(ctx, "DELETE", "/repl/"+url.PathEscape(session), params("end", "true"), nil, nil)
}

// CompleteRepl are the words that may stand at a place of an input.
func (in *Inspector) CompleteRepl(ctx context.Context, q inspect.ReplCompleteRequest) (out inspect.ReplCompletions, err error) {
	return out, in.ask(ctx, "POST", "/repl/complete", nil, q, &out)
}

// ReplHistory are the inputs that were typed, oldest first.
func (in *Inspector) ReplHistory(ctx context.Context) ([]string, error) {
	var out inspect.ReplHistory
	err := in.get(ctx, "/repl/history", nil, &out)
	return out.Items, err
}

// KeepRepl adds an input to the history.
func (in *Inspector) KeepRepl(ctx context.Context, code string) error {
	return in.ask(ctx, "POST", "/repl/history", nil, inspect.ReplHistoryRequest{Code: code}, nil)
}
