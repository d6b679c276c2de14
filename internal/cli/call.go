package cli

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// callOptions are what `rivet call` was asked for.
type callOptions struct {
	target client.Target
	actor  string // target as it was typed
	action string // "" with listen alone
	args   []value.Value

	get     bool
	input   value.Value
	params  value.Value
	raw     bool
	typed   bool
	socket  bool
	repeat  int
	timeout time.Duration
	listen  []string
	count   int
	forTime time.Duration

	server serverOptions
}

// callFlags are the flags as they were typed.
type callFlags struct {
	str, typed          bool
	args, input, params string
	timeout, forTime    string
}

func newCallCommand(a *App) *cobra.Command {
	var o callOptions
	var f callFlags
	cmd := &cobra.Command{
		Use:   "call ACTOR ACTION [ARG…]",
		Short: "Call an action and print what it returns",
		Long: `Call an action of an actor and print what it returns, as JSON.

ACTOR is TYPE/KEY: counter/my-counter, game/eu/42, or id:ID. It is created if need be.
Each ARG is JSON if it parses as JSON, else a string; @file stands for a file's
content, @- for standard input's, @@x for the string @x.`,
		Example: `  rivet call counter/my-counter increment 5
  rivet call chatRoom/lobby sendMessage alice '"hello"'
  rivet call counter/my-counter get --get
  rivet call counter/my-counter --listen newCount --for 10s`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.parse(a, &f, unmaskAll(args)); err != nil {
				return err
			}
			return runCall(cmd.Context(), a, o)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.args, "args", "", "all arguments at once, as a JSON array")
	fs.BoolVar(&f.str, "str", false, "take every argument as a string, @ too")
	fs.BoolVar(&o.get, "get", false, "call an actor that exists; create none")
	fs.StringVar(&f.input, "input", "", "the input of the actor's creation, as `JSON`")
	fs.BoolVar(&f.typed, "typed", false, "arguments, input and output are tagged JSON, which is exact")
	fs.BoolVar(&o.raw, "raw", false, "print a string bare")
	fs.StringVar(&f.timeout, "timeout", "60s", "wait no longer than `TIME`")
	fs.BoolVar(&o.socket, "ws", false, "call over a WebSocket")
	fs.IntVar(&o.repeat, "repeat", 1, "call `N` times, one after another")
	fs.StringArrayVar(&o.listen, "listen", nil, "connect first, and print events of the name `EVENT`; repeatable")
	fs.IntVar(&o.count, "count", 0, "with --listen: end after `N` events")
	fs.StringVar(&f.forTime, "for", "", "with --listen: end after `TIME`")
	fs.StringVar(&f.params, "params", "", "connection parameters, as `JSON`")
	o.server.register(fs)
	o.server.registerEmbedded(fs)
	return cmd
}

// parse reads flags and arguments; wrong ones are wrong usage.
func (o *callOptions) parse(a *App, f *callFlags, args []string) error {
	if len(args) == 0 {
		return usage("which actor? rivet call ACTOR ACTION [ARG…]").hint("such as: rivet call counter/my-counter increment 5")
	}
	var err error
	o.actor = args[0]
	if o.target, err = client.ParseTarget(o.actor); err != nil {
		e := errs.As(err)
		return (&failure{says: e}).pointAt(o.actor)
	}
	if len(args) > 1 {
		o.action = args[1]
	} else if len(o.listen) == 0 {
		return usage("which action of %s? rivet call ACTOR ACTION [ARG…]", o.actor)
	}
	if o.typed = f.typed; o.typed && f.str {
		return usage("--str and --typed don't go together")
	}
	if o.server.embedded && (o.socket || len(o.listen) > 0) {
		return usage("--embedded has no sockets: --ws and --listen need a server").pointAt("--embedded")
	}
	if o.repeat < 1 {
		return usage("--repeat takes a number from 1 up")
	}
	if (o.count != 0 || f.forTime != "") && len(o.listen) == 0 {
		return usage("--count and --for need --listen")
	}
	if o.count < 0 {
		return usage("--count takes a number from 1 up")
	}
	for _, t := range []struct {
		name, text string
		to         *time.Duration
	}{{"--timeout", f.timeout, &o.timeout}, {"--for", f.forTime, &o.forTime}} {
		if *t.to, err = parseTime(t.name, t.text); err != nil {
			return err
		}
	}
	for _, j := range []struct {
		name, text string
		to         *value.Value
	}{{"--input", f.input, &o.input}, {"--params", f.params, &o.params}} {
		if *j.to, err = parseFlagJSON(a, j.name, j.text); err != nil {
			return err
		}
	}
	if _, none := o.input.(value.Undefined); o.typed && !none {
		if o.input, err = inspect.Untag(o.input); err != nil {
			return usage("--input is no tagged JSON: %v", err).pointAt(f.input)
		}
	}
	if len(args) > 1 {
		o.args, err = parseArgs(a, f, args[2:])
	}
	return err
}

// query names the actor; it is created if need be, unless --get.
func (o *callOptions) query() client.Query {
	if o.get {
		return o.target.Get()
	}
	q := o.target.GetOrCreate()
	q.Input = o.input
	return q
}

// encoding is the one that carries what the call is about.
func (o *callOptions) encoding() client.Encoding {
	if o.typed {
		return client.CBOR // JSON has no Date, Map, BigInt …
	}
	return client.JSON
}

func runCall(ctx context.Context, a *App, o callOptions) error {
	c, err := a.connect(ctx, o.server, o.encoding())
	if err != nil {
		return err
	}
	if len(o.listen) > 0 {
		return runListen(ctx, a, c, o)
	}
	for range o.repeat {
		if err := callOnce(ctx, a, c, o); err != nil {
			return err
		}
	}
	return nil
}

// form is a value as it is printed.
func (o *callOptions) form(v value.Value) value.Value {
	if _, none := v.(value.Undefined); o.typed && !none {
		return inspect.Tag(v)
	}
	return v
}

func callOnce(ctx context.Context, a *App, c *client.Client, o callOptions) error {
	ctx, cancel := o.bound(ctx)
	defer cancel()
	began := time.Now()
	out, id, err := o.call(ctx, a, c)
	if a.global.verbose {
		fmt.Fprintf(a.Err, "%s  %s %s %s  %s\n", a.errText(c.URL()), a.errText(o.actor), a.errText(o.action),
			a.errText(id), time.Since(began).Round(10*time.Microsecond))
	}
	if err != nil {
		return o.explain(ctx, a, c, err)
	}
	return a.printOutput(ctx, o.form(out), o.raw)
}

// call runs the action, over HTTP or a WebSocket; id is the actor's, if it is known.
func (o *callOptions) call(ctx context.Context, a *App, c *client.Client) (out value.Value, id string, err error) {
	if o.socket {
		conn, err := c.Connect(ctx, o.query(), client.ConnectOptions{Params: o.params})
		if err != nil {
			return nil, "", err
		}
		defer conn.Close()
		out, err = conn.Act(ctx, o.action, o.args...)
		return out, conn.ActorID(), err
	}
	out, err = c.Call(ctx, o.query(), o.action, o.args, client.CallOptions{Params: o.params})
	if err == nil && a.global.verbose {
		id, _ = c.Resolve(ctx, o.target.Get(), client.CallOptions{Params: o.params}) // a remark alone
	}
	return out, id, err
}

// bound limits the time of one call.
func (o *callOptions) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.timeout <= 0 {
		return context.WithCancel(ctx)
	}
	late := errs.New(errs.ActionTimedOut, "no answer from %s %s within %s; it may still run", o.actor, o.action, o.timeout).
		WithHint("--timeout 5m waits longer; --timeout 0 for ever")
	return context.WithTimeoutCause(ctx, o.timeout, late)
}

// explain points at what the server didn't know, with the nearest name if the
// server tells the names; a is nil where no other actor may be meant.
func (o *callOptions) explain(ctx context.Context, a *App, c *client.Client, err error) error {
	e := errs.As(err)
	f := &failure{says: e}
	switch e.Code {
	case errs.ActionNotFound:
		f.arg = o.action
		if names := actionsOf(types(ctx, c), o.target.Name); len(names) > 0 {
			f.says = errs.New(e.Code, "unknown action %q on %s", o.action, o.target.Name)
			hint := "It has: " + strings.Join(names, ", ")
			if near := errs.Closest(o.action, names); near != "" {
				hint = fmt.Sprintf("did you mean %q? %s", near, hint)
			}
			f.hint("%s", hint)
		}
	case errs.ActorNotFound:
		f.arg = o.actor
		var names []string
		for _, t := range types(ctx, c) {
			names = append(names, t.Name)
		}
		if len(names) > 0 && o.target.ID == "" && !slices.Contains(names, o.target.Name) {
			f.says = errs.New(e.Code, "unknown actor type %q", o.target.Name)
			f.hint("%s", suggestion(o.target.Name, names, "there are: "+strings.Join(names, ", ")))
		} else if o.get && o.target.ID == "" {
			f.says = errs.New(e.Code, "there is no actor %s", o.actor).WithHint("without --get it would be created")
			if near := o.nearKey(ctx, a); near != "" {
				f.hint("did you mean %q? Without --get it would be created", near)
			}
		}
	case errs.Forbidden, errs.Unauthorized:
		f.arg = o.actor
		if e.Hint == "" {
			f.hint("a caller with the server's token (--token, RIVET_AUTH_TOKEN) skips onAuth")
		}
	default:
		return err
	}
	return f
}

// nearKey is the actor whose name is like the one that isn't there.
func (o *callOptions) nearKey(ctx context.Context, a *App) string {
	if a == nil || o.server.asClient || o.server.embedded {
		return "" // it may not look, or must not look twice
	}
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	in, err := a.inspect(ctx, o.server)
	if err != nil {
		return ""
	}
	return nearActor(ctx, in, o.target)
}

// types asks for the names that the server knows, for a suggestion: shortly, and
// nothing is said if it doesn't tell.
func types(ctx context.Context, c *client.Client) []client.Type {
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	list, err := c.Types(ctx)
	if err != nil {
		return nil
	}
	return list
}

func actionsOf(types []client.Type, name string) []string {
	for _, t := range types {
		if t.Name == name {
			return slices.Sorted(slices.Values(t.Actions))
		}
	}
	return nil
}

// printOutput prints what an action returned: JSON, pretty at a terminal;
// undefined is nothing.
func (a *App) printOutput(ctx context.Context, out value.Value, raw bool) error {
	_, undefined := out.(value.Undefined)
	if s, ok := out.(string); ok && raw && !a.global.json {
		_, err := io.WriteString(a.Out, s+"\n")
		return err
	}
	var text []byte
	var err error
	if !undefined {
		if text, err = value.AppendJSON(nil, out); err != nil {
			return errs.Wrap(errs.MalformedMessage, err, "print the output")
		}
	}
	switch {
	case a.global.json && undefined:
		text = []byte("{}")
	case a.global.json:
		text = append(append([]byte(`{"output":`), text...), '}')
	case undefined:
		return nil
	}
	if raw && a.filter == nil { // a terminal too gets it as it is
		return writeRawJSON(a.Out, text, a.OutTTY, false, a.colorOut())
	}
	return a.printRaw(ctx, text, false)
}

// readFile is the content of a file that an argument names, seen from the
// working directory; "-" is standard input.
func (a *App) readFile(name string) ([]byte, error) {
	if name == "-" {
		text, err := io.ReadAll(a.stdin())
		if err != nil {
			return nil, usage("standard input can't be read: %v", err)
		}
		return text, nil
	}
	// A pipe that nobody writes to would be waited for without end.
	f, err := os.OpenFile(a.path(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, usage("%s can't be read: %s", name, systemCause(err)).pointAt("@" + name)
	}
	defer f.Close()
	text, err := io.ReadAll(a.untilOver(f))
	if err != nil {
		return nil, usage("%s can't be read: %s", name, systemCause(err)).pointAt("@" + name)
	}
	if info, err := f.Stat(); err == nil && info.Mode()&fs.ModeNamedPipe != 0 && len(text) == 0 {
		return nil, usage("%s is a pipe, and nobody writes to it", name).pointAt("@" + name)
	}
	return text, nil
}
