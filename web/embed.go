// Package web has the Studio: the web app as it was built into dist, which is
// committed, so that Go alone builds rivet. `make web` builds it anew.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var files embed.FS

// FS has index.html, boot.js and the favicon, and below assets/ the files whose
// names change with their content.
func FS() fs.FS {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		panic("web: dist is embedded: " + err.Error())
	}
	return dist
}
