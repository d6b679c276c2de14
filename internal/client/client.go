// Package client is the Go client of wire protocol v0: what the command line,
// the REPL, the terminal views and the tests speak to a rivet server with. It
// also finds the server that a project is running ([Discover]).
//
// A [Client] may be used by many goroutines. Errors are *errs.Error: what the
// server said, with its code and metadata, or errs.NoServer if it could not be
// reached. A client starts nothing by itself; a [Conn] owns one goroutine,
// which ends before Close returns.
package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// maxBody bounds what is read of one answer.
const maxBody = 256 << 20

// Options configure a Client; a zero field takes the default it names.
type Options struct {
	URL        string       // required; "/registry" is appended if its path doesn't end so
	Token      string       // makes the caller server-side; "": by the public door
	Encoding   Encoding     // "": CBOR
	Params     value.Value  // of every call that has none of its own; nil: none
	Header     http.Header  // sent with every request
	HTTPClient *http.Client // nil: a client without a time limit of its own
}

// Client asks one server.
type Client struct {
	base     *url.URL
	encoding Encoding
	params   value.Value
	header   http.Header
	http     *http.Client
}

// New makes a client; it asks nothing yet.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errs.New(errs.Usage, "%q is not the URL of a server", o.URL).
			WithHint("write it as http://localhost:8080")
	}
	base := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/")}
	if !strings.HasSuffix(base.Path, "/registry") {
		base.Path += "/registry"
	}
	c := &Client{base: base, encoding: o.Encoding, params: o.Params, header: o.Header.Clone(), http: o.HTTPClient}
	if c.encoding == "" {
		c.encoding = CBOR
	}
	if c.encoding != CBOR && c.encoding != JSON {
		return nil, errs.New(errs.Usage, "there is no encoding %q: use cbor or json", o.Encoding)
	}
	if c.header == nil {
		c.header = http.Header{}
	}
	if o.Token != "" {
		c.header.Set("Authorization", "Bearer "+o.Token)
	}
	if c.header.Get("User-Agent") == "" {
		c.header.Set("User-Agent", "rivet")
	}
	if c.http == nil {
		c.http = &http.Client{}
	}
	return c, nil
}

// URL is the base of the server's routes, without a slash at its end.
func (c *Client) URL() string { return c.base.String() }

// CallOptions are what one call says besides its arguments.
type CallOptions struct {
	Params value.Value // nil: the client's
}

// Call runs one stateless action and returns its output, Undefined for none.
func (c *Client) Call(ctx context.Context, q Query, action string, args []value.Value, o CallOptions) (value.Value, error) {
	body, err := c.encoding.encode(object("a", &value.Array{Items: args}))
	if err != nil {
		return nil, err
	}
	answer, err := c.post(ctx, "/actors/actions/"+url.PathEscape(action), q, o.Params, body)
	if err != nil {
		return nil, err
	}
	if out, ok := answer.Get("o"); ok {
		return out, nil
	}
	return value.Undefined{}, nil
}

// Resolve is the id of the actor that q names; it creates it if q says so, and
// does not start it.
func (c *Client) Resolve(ctx context.Context, q Query, o CallOptions) (string, error) {
	body, err := c.encoding.encode(object())
	if err != nil {
		return "", err
	}
	answer, err := c.post(ctx, "/actors/resolve", q, o.Params, body)
	if err != nil {
		return "", err
	}
	id, ok := text(answer, "i")
	if !ok {
		return "", errs.New(errs.MalformedMessage, "the server's answer has no actor id")
	}
	return id, nil
}

func (c *Client) post(ctx context.Context, path string, q Query, params value.Value, body []byte) (*value.Object, error) {
	req, err := c.request(ctx, http.MethodPost, path, body)
	if err != nil {
		return nil, err
	}
	if err := c.identify(req, q, params); err != nil {
		return nil, err
	}
	res, err := c.do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	if res.StatusCode/100 != 2 {
		return nil, c.failure(res, b)
	}
	v, err := c.encoding.decode(b)
	if err != nil {
		return nil, err
	}
	answer, ok := v.(*value.Object)
	if !ok {
		return nil, errs.New(errs.MalformedMessage, "the server's answer is no object")
	}
	return answer, nil
}

// request makes a request to a path below the base; path is escaped already.
func (c *Client) request(ctx context.Context, method, path string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.URL()+path, bytes.NewReader(body))
	if err != nil {
		return nil, errs.Wrap(errs.Internal, err, "make a request to %s", path)
	}
	req.Header = c.header.Clone()
	req.Header.Set("Content-Type", c.encoding.contentType())
	req.Header.Set("X-RivetKit-Encoding", string(c.encoding))
	return req, nil
}

// identify says in headers which actor is meant, and who asks.
func (c *Client) identify(req *http.Request, q Query, params value.Value) error {
	query, err := asciiJSON(q.value())
	if err != nil {
		return err
	}
	req.Header.Set("X-RivetKit-Query", query)
	if !given(params) {
		params = c.params
	}
	if given(params) {
		p, err := asciiJSON(params)
		if err != nil {
			return err
		}
		req.Header.Set("X-RivetKit-Conn-Params", p)
	}
	return nil
}

func (c *Client) do(req *http.Request) (*http.Response, error) {
	res, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(req.Context(), err)
	}
	return res, nil
}

// unreachable is a failure of the network, or the end of the caller's context.
func (c *Client) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return errs.Wrap(errs.NoServer, err, "no server answers at %s", c.URL()).
		WithHint("start one with: rivet dev")
}

// failure is the error that an answer with a bad status tells.
func (c *Client) failure(res *http.Response, body []byte) error {
	for _, e := range []Encoding{c.encoding, JSON} {
		if v, err := e.decode(body); err == nil {
			if err := errorIn(v, res.StatusCode); err != nil {
				return err
			}
		}
	}
	return errs.New(errs.NoServer, "%s answered %s with %.80q, which no rivet server says", c.URL(), res.Status, body).
		WithHint("is it the right URL?")
}

// malformed is for a message that isn't of the protocol.
func malformed(format string, args ...any) error {
	return errs.New(errs.MalformedMessage, "the server sent %s", fmt.Sprintf(format, args...))
}
