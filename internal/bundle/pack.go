package bundle

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
)

// A .rivet file is one line, and a gzipped JSON document:
//
//	rivet-file FORMAT VERSION SHA256
//
// with the version of rivet that wrote it and the sum of all that follows. The
// same project gives the same bytes, wherever and whenever it is built.

// PackFormat is the newest format of .rivet files that this rivet reads, and
// the one that it writes.
const PackFormat = 1

const packMagic = "rivet-file"

// maxPack bounds the document of a .rivet file.
const maxPack = 1 << 30

// Pack is what a .rivet file holds: a project made ready to be served.
type Pack struct {
	Name     string            `json:"name,omitempty"` // of the project, if its package.json names it
	Entry    string            `json:"entry"`          // relative to the project
	Versions map[string]string `json:"versions"`       // of what made it
	Config   json.RawMessage   `json:"config"`         // rivet.yaml, without secrets
	Hash     string            `json:"hash"`           // of the code
	Async    bool              `json:"async,omitempty"`
	Vendor   *packScript       `json:"vendor,omitempty"`
	User     packScript        `json:"user"`
}

type packScript struct {
	Name string `json:"name"`
	Code string `json:"code"`
	Map  string `json:"map,omitempty"`
	Hash string `json:"hash"`
}

// SetCode puts in what a Builder with Portable built.
func (p *Pack) SetCode(b *actor.Bundle) {
	entry := filepath.Base(b.Entry)
	if rel, err := filepath.Rel(b.Dir, b.Entry); err == nil {
		entry = filepath.ToSlash(rel)
	}
	p.Entry, p.Hash, p.Async, p.User, p.Vendor = entry, b.Hash, b.Async, scriptOf(&b.User), nil
	if b.Vendor != nil {
		v := scriptOf(b.Vendor)
		p.Vendor = &v
	}
}

func scriptOf(s *actor.Script) packScript {
	return packScript{Name: s.Name, Code: s.Code, Map: string(s.Map), Hash: s.Hash}
}

func (s *packScript) script() actor.Script {
	out := actor.Script{Name: s.Name, Code: s.Code, Hash: s.Hash}
	if s.Map != "" {
		out.Map = []byte(s.Map)
	}
	return out
}

// Code is the bundle of a pack that runs in dir.
func (p *Pack) Code(dir string) *actor.Bundle {
	b := &actor.Bundle{
		Hash: p.Hash, Dir: dir, Entry: filepath.Join(dir, filepath.FromSlash(p.Entry)),
		User: p.User.script(), Async: p.Async,
	}
	if p.Vendor != nil {
		v := p.Vendor.script()
		b.Vendor = &v
	}
	return b
}

// Encode is the file, always the same for the same pack.
func (p *Pack) Encode() ([]byte, error) {
	doc, err := json.Marshal(p) // maps are sorted
	if err != nil {
		return nil, fmt.Errorf("encode the bundle: %w", err)
	}
	var body bytes.Buffer
	z, _ := gzip.NewWriterLevel(&body, gzip.BestCompression) // a level that exists
	_, err = z.Write(doc)
	if err := errors.Join(err, z.Close()); err != nil {
		return nil, fmt.Errorf("encode the bundle: %w", err)
	}
	sum := sha256.Sum256(body.Bytes())
	version := p.Versions["rivet"]
	if version == "" || strings.ContainsAny(version, " \n") {
		version = "unknown"
	}
	head := fmt.Sprintf("%s %d %s %s\n", packMagic, PackFormat, version, hex.EncodeToString(sum[:]))
	return append([]byte(head), body.Bytes()...), nil
}

// IsPack reports whether a file that begins so is, or once was, a .rivet file.
func IsPack(head []byte) bool { return bytes.HasPrefix(head, []byte(packMagic+" ")) }

// DecodePack reads a .rivet file; name is what errors call it. One of a newer
// format is errs.BundleTooNew, one that isn't whole errs.BundleDamaged.
func DecodePack(name string, file []byte) (*Pack, error) {
	head, body, _ := bytes.Cut(file, []byte("\n"))
	var format int
	var version, sum string
	if n, _ := fmt.Sscanf(string(head[:min(len(head), 256)]), packMagic+" %d %s %s", &format, &version, &sum); n < 1 || format < 1 {
		return nil, damaged(name, "it doesn't begin as a .rivet file does")
	}
	if format > PackFormat {
		return nil, errs.New(errs.BundleTooNew, "%s was built by rivet %s, in format %d; this rivet reads format %d", name, version, format, PackFormat).
			WithHint("serve it with rivet %s or newer, or build it again with this one", version)
	}
	if got := sha256.Sum256(body); hex.EncodeToString(got[:]) != sum {
		return nil, damaged(name, "its content isn't what was written")
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, damaged(name, err.Error())
	}
	doc, err := io.ReadAll(io.LimitReader(z, maxPack))
	if err != nil {
		return nil, damaged(name, err.Error())
	}
	var p Pack
	if err := json.Unmarshal(doc, &p); err != nil {
		return nil, damaged(name, err.Error())
	}
	if p.Entry == "" || !filepath.IsLocal(filepath.FromSlash(p.Entry)) || p.User.Code == "" {
		return nil, damaged(name, "it has no code")
	}
	return &p, nil
}

func damaged(name, why string) error {
	return errs.New(errs.BundleDamaged, "%s is damaged: %s", name, why).WithHint("copy it again, or build it again with rivet build")
}
