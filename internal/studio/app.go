package studio

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/rivetdev/rivet/web"
)

// policy is what pages of the Studio may do: nothing but talk to their own
// origin. Nothing in them is evaluated or written as HTML.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// home is where the web app begins.
const home = "/studio/"

// contentTypes are told rather than looked up: the tables of machines differ.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".json": "application/json", ".woff2": "font/woff2",
}

// file is one file of the web app.
type file struct {
	plain  []byte
	typ    string
	zipped func() []byte // once, when it is first asked for
}

// app is the web app: its files in memory.
type app struct{ files map[string]*file }

func newApp() *app {
	a := &app{files: map[string]*file{}}
	err := fs.WalkDir(web.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(web.FS(), name)
		if err != nil {
			return err
		}
		typ := contentTypes[path.Ext(name)]
		if typ == "" {
			typ = "application/octet-stream"
		}
		a.files[name] = &file{plain: text, typ: typ, zipped: sync.OnceValue(func() []byte { return zip(text) })}
		return nil
	})
	if err != nil {
		panic("studio: the app is embedded: " + err.Error())
	}
	return a
}

func zip(text []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic("studio: the level is one of gzip's: " + err.Error())
	}
	_, _ = z.Write(text) // a buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

// serve answers with a file of the app; every path that is none is a screen,
// and the app itself finds out which.
func (a *app) serve(w http.ResponseWriter, r *http.Request, name string) bool {
	f := a.files[name]
	switch {
	case f != nil && strings.HasPrefix(name, "assets/"):
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	case f == nil && strings.HasPrefix(name, "assets/"):
		return false
	case f == nil:
		f = a.files["index.html"]
	}
	h := w.Header()
	h.Set("Content-Type", f.typ)
	h.Set("Vary", "Accept-Encoding")
	body := f.plain
	if takesGzip(r) {
		if z := f.zipped(); len(z) < len(body) {
			body = z
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the browser has gone if this fails
	}
	return true
}

func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if coding == "gzip" {
			return strings.TrimSpace(weight) != "q=0"
		}
	}
	return false
}

// page serves the web app, or says why there is none.
func (s *Studio) page(w http.ResponseWriter, r *http.Request) {
	switch {
	case s.app == nil:
		s.fail(w, notFound("The Studio is turned off.").WithHint("Set studio.enabled to true, or leave --no-studio out."))
	case r.Method != http.MethodGet && r.Method != http.MethodHead || strings.HasPrefix(r.URL.Path, "/studio/api/"):
		s.fail(w, notFound("There is nothing at %s.", r.URL.Path))
	case r.URL.Path == "/" || r.URL.Path+"/" == home:
		http.Redirect(w, r, home, http.StatusTemporaryRedirect)
	case !strings.HasPrefix(r.URL.Path, home): // at an address of the Studio's own
		s.fail(w, notFound("There is nothing at %s.", r.URL.Path))
	case !s.app.serve(w, r, strings.TrimPrefix(r.URL.Path, home)):
		s.fail(w, notFound("There is no %s in this version of the Studio; load the page again.", r.URL.Path))
	}
}
