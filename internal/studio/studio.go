// Package studio serves what people and tools look into a running rivet with:
// the inspector API under /studio/api/v1 and, later, the web app.
package studio

import (
	"encoding/json"
	"net/http"

	"github.com/rivetdev/rivet/internal/actor"
)

// Protocol is the version of the inspector API.
const Protocol = 1

// Options configure a Studio.
type Options struct {
	Instance string // names this run of the server
	Version  string // of rivet
	// AuthToken opens everything but hello; "" opens nothing.
	AuthToken string
	// Registry is what the running code defines; nil: nothing.
	Registry func() *actor.Registry
}

// Hello is the body of GET /studio/api/v1/hello, which is open to all: tools
// tell by it whether a server file is about this server.
type Hello struct {
	Instance string `json:"instance"`
	Version  string `json:"version"`
	Protocol int    `json:"protocol"`
}

// Problem is the body of an error.
type Problem struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Hint    string `json:"hint,omitempty"`
	} `json:"error"`
}

// New makes the handler of everything under /studio/.
func New(o Options) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /studio/api/v1/hello", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, Hello{Instance: o.Instance, Version: o.Version, Protocol: Protocol})
	})
	mux.HandleFunc("GET /studio/api/v1/types", o.guarded(o.types))
	mux.HandleFunc("/studio/", func(w http.ResponseWriter, r *http.Request) {
		var p Problem
		p.Error.Code = "not_found"
		p.Error.Message = "There is nothing at " + r.URL.Path + "."
		writeJSON(w, http.StatusNotFound, p)
	})
	return mux
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client has gone if this fails
}
