package web

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"mime"
	"mime/multipart"

	"github.com/dop251/goja"
)

// maxParts bounds the parts of a multipart body.
const maxParts = 10_000

// blobNative is what blob.js needs of Go.
func (p *platform) blobNative() goja.Value {
	return p.object(map[string]func(goja.FunctionCall) goja.Value{
		"random":         func(goja.FunctionCall) goja.Value { return p.vm.ToValue(rand.Text()) },
		"parseMultipart": p.parseMultipart,
	})
}

// parseMultipart(bytes, contentType) returns an array of {name, file?, type, data}.
func (p *platform) parseMultipart(c goja.FunctionCall) goja.Value {
	_, params, err := mime.ParseMediaType(c.Argument(1).String())
	if err != nil || params["boundary"] == "" {
		p.throwType("formData: the content type has no boundary")
	}
	r := multipart.NewReader(bytes.NewReader(p.bytesArg(c.Argument(0))), params["boundary"])
	var parts []any
	for {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return p.vm.NewArray(parts...)
		}
		if err != nil || len(parts) >= maxParts {
			p.throwType("formData: the body is no multipart form")
		}
		data, err := io.ReadAll(part)
		if err != nil {
			p.throwType("formData: the body ends within a part")
		}
		_, disposition, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if err != nil {
			p.throwType("formData: a part has no Content-Disposition")
		}
		o := p.vm.NewObject()
		must(o.Set("name", disposition["name"]))
		if file, ok := disposition["filename"]; ok {
			must(o.Set("file", file))
		}
		kind := part.Header.Get("Content-Type")
		if kind == "" {
			kind = "text/plain"
		}
		must(o.Set("type", kind))
		must(o.Set("data", p.newBytes(data)))
		parts = append(parts, o)
	}
}
