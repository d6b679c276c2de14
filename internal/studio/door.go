package studio

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

const (
	sessionLife = 16 * time.Hour
	maxFailures = 10 // a minute, of one address
	codeLife    = 30 * time.Second
)

// access is what a bearer may do.
type access struct {
	readOnly bool
	session  string // "": by a token
}

// door decides who comes in.
type door struct {
	o *Options

	mu       sync.Mutex
	failures map[string][]time.Time // by address
	ended    map[string]time.Time   // sessions that were ended, until they would expire
	codes    map[string]code        // that work once
}

func (d *door) init(o *Options) {
	d.o, d.failures, d.ended = o, map[string][]time.Time{}, map[string]time.Time{}
	d.codes = map[string]code{}
}

// place checks where a request is addressed to and where it comes from, before
// anything else is done with it.
func (d *door) place(w http.ResponseWriter, r *http.Request) error {
	if !d.hostAllowed(r) {
		return coded(http.StatusMisdirectedRequest, codeHost, "This server doesn't answer as %q here.", r.Host).
			WithHint("Add the name to studio.hosts, or use localhost.")
	}
	origin := r.Header.Get("Origin")
	foreign := origin != "" && !sameOrigin(origin, r)
	if foreign && slices.Contains(d.o.Origins, origin) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", origin)
		h.Add("Vary", "Origin")
		h.Set("Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		return nil
	}
	socket := strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
	if r.Method == http.MethodGet && !socket || r.Method == http.MethodHead {
		return nil
	}
	site := r.Header.Get("Sec-Fetch-Site")
	if foreign || site != "" && site != "same-origin" && site != "none" {
		return coded(http.StatusForbidden, codeOrigin, "Pages of %s may not use this API.", shown(origin, "another site")).
			WithHint("Add the origin to studio.cors.")
	}
	return nil
}

func shown(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func sameOrigin(origin string, r *http.Request) bool {
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host)
}

// hostAllowed tells names that only this machine's user can have meant from
// those that a page somewhere may have made to point here (DNS rebinding). Who
// bears the server's own token isn't a page.
func (d *door) hostAllowed(r *http.Request) bool {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	bound, own := strings.ToLower(d.o.Bound), strings.ToLower(d.o.Listen)
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || host == bound || host == own || anyAddress(bound) || own != "" && anyAddress(own)
	}
	for _, name := range d.o.Hosts {
		if strings.EqualFold(name, host) {
			return true
		}
	}
	return host != "" && (host == bound || host == own) || equal(bearer(r), d.o.AuthToken)
}

func anyAddress(host string) bool { return host == "" || host == "0.0.0.0" || host == "::" }

func bearer(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}

// equal compares secrets in constant time; an empty one equals nothing.
func equal(got, want string) bool {
	a, b := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 && want != ""
}

// admit finds out who asks; guarded: nobody unknown comes in.
func (d *door) admit(q *request, guarded bool) error {
	q.access.readOnly = d.o.ReadOnly
	if !guarded {
		return nil
	}
	a, err := d.identify(bearer(q.Request), address(q.Request))
	if err == nil {
		q.access = a
	}
	return err
}

// identify is what the bearer of a token or session may do.
func (d *door) identify(token, from string) (access, error) {
	// These can't be guessed: a page that knocks with an old token, on the same
	// machine, doesn't shut them out.
	if s, ok := d.verify(token); ok {
		return access{readOnly: d.o.ReadOnly || s.ReadOnly, session: token}, nil
	}
	if equal(token, d.o.AuthToken) {
		return access{readOnly: d.o.ReadOnly}, nil
	}
	if err := d.calm(from); err != nil {
		return access{}, err
	}
	if equal(token, d.o.StudioToken) {
		return access{readOnly: d.o.ReadOnly}, nil
	}
	d.failed(from)
	return access{}, coded(http.StatusUnauthorized, errs.Unauthorized, "This needs the Studio's token, the server's, or a session.").
		WithHint("rivet dev prints a URL that has it.")
}

func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// calm refuses who has failed too often of late.
func (d *door) calm(from string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.recent(from)) >= maxFailures {
		return coded(http.StatusTooManyRequests, codeRate, "There were too many wrong tokens; wait a minute.")
	}
	return nil
}

func (d *door) recent(from string) []time.Time {
	now := time.Now()
	list := slices.DeleteFunc(d.failures[from], func(t time.Time) bool { return now.Sub(t) > time.Minute })
	if len(list) == 0 {
		delete(d.failures, from)
	} else {
		d.failures[from] = list
	}
	return list
}

func (d *door) failed(from string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.failures) > 10_000 { // an attack from everywhere: forget, rather than grow
		clear(d.failures)
	}
	d.failures[from] = append(d.recent(from), time.Now())
}

// claims is what a session says, signed.
type claims struct {
	Until    int64  `json:"u"` // epoch ms
	ReadOnly bool   `json:"r,omitempty"`
	Nonce    string `json:"n"`
}

func (d *door) sign(c claims) string {
	body, _ := json.Marshal(c) // strings and numbers always encode
	text := base64.RawURLEncoding.EncodeToString(body)
	return "rs1." + text + "." + base64.RawURLEncoding.EncodeToString(d.mac(text))
}

func (d *door) mac(text string) []byte {
	h := hmac.New(sha256.New, d.o.Key)
	h.Write([]byte("rivet studio session " + text))
	return h.Sum(nil)
}

func (d *door) verify(session string) (claims, bool) {
	var c claims
	text, sum, ok := strings.Cut(strings.TrimPrefix(session, "rs1."), ".")
	if !ok || !strings.HasPrefix(session, "rs1.") {
		return c, false
	}
	got, err := base64.RawURLEncoding.DecodeString(sum)
	if err != nil || !hmac.Equal(got, d.mac(text)) {
		return c, false
	}
	body, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(body, &c) != nil || time.Now().UnixMilli() >= c.Until {
		return c, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	_, gone := d.ended[session]
	return c, !gone
}

// hello is GET /hello.
func (s *Studio) hello(q *request) error {
	return q.json(http.StatusOK, inspect.Hello{Instance: s.o.Instance, Version: s.o.Version, Protocol: inspect.Protocol})
}

// code is what opens one session.
type code struct {
	until    time.Time
	readOnly bool // its session changes nothing
}

// NewCode makes a code that opens one session within 30 seconds, by POST
// /session {"code"}; in a URL it stands as /studio/#c=CODE. It is what is handed
// to a browser on its command line, which every user of the machine can read.
func (s *Studio) NewCode() string {
	c, _ := s.door.newCode(s.o.ReadOnly)
	return c
}

func (d *door) newCode(readOnly bool) (string, time.Time) {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	text := base64.RawURLEncoding.EncodeToString(b[:])
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	for c, it := range d.codes {
		if now.After(it.until) {
			delete(d.codes, c)
		}
	}
	until := now.Add(codeLife)
	d.codes[text] = code{until, readOnly}
	return text, until
}

// newCode is POST /code: whoever is in may let a browser in.
func (s *Studio) newCode(q *request) error {
	var in inspect.CodeRequest
	if err := q.read(&in); err != nil {
		return err
	}
	text, until := s.door.newCode(q.access.readOnly || in.ReadOnly)
	out := inspect.Code{Code: text, ExpiresAt: until.UnixMilli()}
	if s.app != nil {
		out.Page = s.o.Page
	}
	return q.json(http.StatusOK, out)
}

// redeem takes a code that works once; wrong ones count as wrong tokens do.
func (d *door) redeem(text, from string) (access, error) {
	if err := d.calm(from); err != nil {
		return access{}, err
	}
	d.mu.Lock()
	c, ok := d.codes[text]
	delete(d.codes, text)
	d.mu.Unlock()
	if ok && time.Now().Before(c.until) {
		return access{readOnly: d.o.ReadOnly || c.readOnly}, nil
	}
	d.failed(from)
	return access{}, coded(http.StatusUnauthorized, errs.Unauthorized, "This code was used, or is older than 30 seconds.").
		WithHint("Press o in rivet dev, or run rivet studio, for another one.")
}

// enter tells who brings a token or a code.
func (d *door) enter(in inspect.SessionRequest, from string) (access, error) {
	if in.Code != "" {
		return d.redeem(in.Code, from)
	}
	return d.identify(in.Token, from)
}

// newSession is POST /session: a token or a code becomes a session.
func (s *Studio) newSession(q *request) error {
	var in inspect.SessionRequest
	if err := q.read(&in); err != nil {
		return err
	}
	a, err := s.door.enter(in, address(q.Request))
	if err != nil {
		return err
	}
	var nonce [12]byte
	_, _ = rand.Read(nonce[:]) // never fails
	c := claims{Until: time.Now().Add(sessionLife).UnixMilli(), ReadOnly: a.readOnly || in.ReadOnly,
		Nonce: base64.RawURLEncoding.EncodeToString(nonce[:])}
	return q.json(http.StatusOK, inspect.Session{Session: s.door.sign(c), ExpiresAt: c.Until, ReadOnly: c.ReadOnly})
}

// endSession is DELETE /session.
func (s *Studio) endSession(q *request) error {
	if q.access.session != "" {
		s.door.end(q.access.session)
	}
	q.WriteHeader(http.StatusNoContent)
	return nil
}

func (d *door) end(session string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	for s, until := range d.ended {
		if now.After(until) {
			delete(d.ended, s)
		}
	}
	d.ended[session] = now.Add(sessionLife)
}
