package studio

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// ProxyOptions configure a Proxy.
type ProxyOptions struct {
	Remote   *url.URL // required: the server's, without /registry or a slash at its end
	Token    string   // of the remote; it never leaves this process but to the remote
	ReadOnly bool     // refuse every change
	// NewSession exchanges the remote's token for a session of the remote.
	NewSession func(ctx context.Context, readOnly bool) (inspect.Session, error)
	Log        *slog.Logger      // nil: discard
	Transport  http.RoundTripper // nil: http.DefaultTransport
}

// Proxy serves the web app on this machine over a server elsewhere. Its own
// token opens it; a browser that comes in gets a session of the remote, which it
// sends with each request, and the proxy puts the remote's token in its place:
// so the remote takes the proxy for a tool that bears its token, and the browser
// never sees it. Host and Origin are checked as the Studio itself does.
type Proxy struct {
	o     ProxyOptions
	token string
	s     *Studio // its app and its door
	to    *httputil.ReverseProxy

	mu     sync.Mutex
	issued map[string]code // sessions of browsers
}

// NewProxy makes a proxy; it starts nothing. Close ends what is open.
func NewProxy(o ProxyOptions) *Proxy {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	p := &Proxy{o: o, token: base64.RawURLEncoding.EncodeToString(b[:]), issued: map[string]code{}}
	p.s = New(Options{StudioToken: p.token, Bound: "127.0.0.1", ReadOnly: o.ReadOnly, App: true, Log: o.Log})
	p.to = &httputil.ReverseProxy{
		Rewrite: p.rewrite, Transport: o.Transport, FlushInterval: -1,
		ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			p.s.fail(w, coded(http.StatusBadGateway, errs.ConnectionLost, "%s can't be reached.", o.Remote.Host).WithHint("Is it running?"))
		},
		ModifyResponse: func(r *http.Response) error {
			for _, name := range []string{"Content-Security-Policy", "Set-Cookie", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
				"X-Content-Type-Options", "Referrer-Policy", "Cache-Control"} {
				r.Header.Del(name) // ours hold
			}
			return nil
		},
	}
	return p
}

// Token opens the proxy: PAGE#t=TOKEN.
func (p *Proxy) Token() string { return p.token }

// NewCode is a code that opens one session, within 30 seconds.
func (p *Proxy) NewCode() string { return p.s.NewCode() }

// Close ends what is the proxy's own.
func (p *Proxy) Close() { p.s.Close() }

// ServeHTTP answers with the web app, and hands the API on.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route, api := strings.CutPrefix(r.URL.Path, inspect.Base)
	switch {
	case !api:
		if r.URL.Path == "/" {
			http.Redirect(w, r, home, http.StatusTemporaryRedirect)
			return
		}
		p.s.ServeHTTP(w, r)
	default:
		p.s.secure(w.Header())
		if err := p.s.door.place(w, r); err != nil {
			p.s.fail(w, err)
			return
		}
		p.api(w, r, route)
	}
}

func (p *Proxy) api(w http.ResponseWriter, r *http.Request, route string) {
	switch {
	case route == "/session" && r.Method == http.MethodPost:
		if err := p.newSession(&request{ResponseWriter: w, Request: r}); err != nil {
			p.s.fail(w, err)
		}
		return
	case route == "/code":
		p.s.fail(w, notFound("There is nothing at %s.", r.URL.Path))
		return
	case route == "/hello", route == "/ws": // the first frame has the session
	default:
		if _, ok := p.known(bearer(r)); !ok {
			p.s.fail(w, coded(http.StatusUnauthorized, errs.Unauthorized, "This needs a session.").WithHint("Run rivet studio again."))
			return
		}
	}
	p.to.ServeHTTP(w, r)
	if route == "/session" { // DELETE
		p.forget(bearer(r))
	}
}

// newSession lets a browser in: it gets a session of the remote.
func (p *Proxy) newSession(q *request) error {
	var in inspect.SessionRequest
	if err := q.read(&in); err != nil {
		return err
	}
	a, err := p.s.door.enter(in, address(q.Request))
	if err != nil {
		return err
	}
	s, err := p.o.NewSession(q.Context(), p.o.ReadOnly || a.readOnly || in.ReadOnly)
	if err != nil {
		return err
	}
	p.mu.Lock()
	now := time.Now()
	for old, it := range p.issued {
		if now.After(it.until) {
			delete(p.issued, old)
		}
	}
	p.issued[s.Session] = code{time.UnixMilli(s.ExpiresAt), s.ReadOnly}
	p.mu.Unlock()
	return q.json(http.StatusOK, s)
}

// known tells of a session that a browser was given.
func (p *Proxy) known(session string) (readOnly, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.issued[session]
	return c.readOnly, ok && time.Now().Before(c.until)
}

func (p *Proxy) forget(session string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.issued, session)
}

// rewrite makes a browser's request one of ours. It bears the remote's token, by
// which the remote knows that no page has sent it; but a change by a read-only
// session, and the end of a session, bear the session.
func (p *Proxy) rewrite(r *httputil.ProxyRequest) {
	r.SetURL(p.o.Remote)
	r.Out.Host = p.o.Remote.Host
	for name := range r.Out.Header {
		if strings.HasPrefix(name, "Sec-Fetch-") || strings.HasPrefix(name, "Sec-Ch-") || strings.HasPrefix(name, "X-Forwarded-") {
			r.Out.Header.Del(name)
		}
	}
	for _, name := range []string{"Origin", "Referer", "Cookie", "Forwarded"} {
		r.Out.Header.Del(name)
	}
	readOnly, _ := p.known(bearer(r.In))
	reads := r.In.Method == http.MethodGet || r.In.Method == http.MethodHead
	ends := r.In.Method == http.MethodDelete && strings.HasSuffix(r.In.URL.Path, "/session")
	if reads || !readOnly && !ends {
		r.Out.Header.Set("Authorization", "Bearer "+p.o.Token)
	}
}
