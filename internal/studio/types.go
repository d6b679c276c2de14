package studio

import (
	"crypto/sha256"
	"crypto/subtle"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Type is one actor type, an item of GET /studio/api/v1/types.
type Type struct {
	Type    string   `json:"type"`
	Actions []Action `json:"actions"`
}

// Action is one action of a Type.
type Action struct {
	Name string `json:"name"`
}

// types lists the actor types that the running code defines, by name.
func (o *Options) types(w http.ResponseWriter, _ *http.Request) {
	list := []Type{}
	if o.Registry != nil {
		actors := o.Registry().Actors
		for _, name := range slices.Sorted(maps.Keys(actors)) {
			t := Type{Type: name, Actions: []Action{}}
			for _, a := range actors[name].Actions {
				t.Actions = append(t.Actions, Action{Name: a})
			}
			list = append(list, t)
		}
	}
	writeJSON(w, http.StatusOK, list)
}

// guarded lets in who bears the server's token, and nobody if there is none.
func (o *Options) guarded(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		want, got := sha256.Sum256([]byte(o.AuthToken)), sha256.Sum256([]byte(token))
		if o.AuthToken == "" || !ok || subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
			var p Problem
			p.Error.Code, p.Error.Message = "unauthorized", "This needs the server's token."
			writeJSON(w, http.StatusUnauthorized, p)
			return
		}
		next(w, r)
	}
}
