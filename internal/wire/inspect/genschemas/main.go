// Command genschemas writes JSON Schemas of what the command line prints with
// --json: a file a document, made of the structs of package inspect and their
// comments. It is run by go generate; a test compares what is committed.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// printed are the documents by name, and what prints them.
var printed = []struct {
	name, by string
	of       reflect.Type
}{
	{"actor", "rivet create, destroy, restart", reflect.TypeFor[inspect.Actor]()},
	{"actors", "rivet ls, and each line of rivet ls --watch", reflect.TypeFor[inspect.List[inspect.Actor]]()},
	{"types", "rivet ls --types", reflect.TypeFor[[]inspect.Type]()},
	{"state", "rivet state, and the first line of rivet state --watch", reflect.TypeFor[inspect.State]()},
	{"state-change", "each further line of rivet state --watch", reflect.TypeFor[inspect.StateChange]()},
	{"edited", "rivet state set, patch, edit", reflect.TypeFor[inspect.Edited]()},
	{"events", "rivet events", reflect.TypeFor[inspect.List[inspect.Entry]]()},
	{"event", "each line of rivet events --follow", reflect.TypeFor[inspect.Entry]()},
	{"logs", "rivet logs", reflect.TypeFor[inspect.List[inspect.Log]]()},
	{"log", "each line of rivet logs --follow", reflect.TypeFor[inspect.Log]()},
	{"connections", "rivet conns", reflect.TypeFor[inspect.List[inspect.Conn]]()},
	{"connection", "rivet conns close: the connection as it was", reflect.TypeFor[inspect.Conn]()},
	{"schedule", "rivet schedule", reflect.TypeFor[inspect.List[inspect.Alarm]]()},
	{"scheduled", "rivet schedule run, cancel, retry: the scheduled action as it was", reflect.TypeFor[inspect.Alarm]()},
	{"emitted", "rivet emit", reflect.TypeFor[inspect.Emitted]()},
	{"called", "rivet call: the output as a JSON client gets it, none if it is undefined", reflect.TypeFor[called]()},
	{"heard", "rivet call --listen, a line an event; the call's own line is as without it", reflect.TypeFor[heard]()},
	{"benched", "rivet bench", reflect.TypeFor[inspect.Benched]()},
	{"exported", "each line of rivet export", reflect.TypeFor[inspect.Exported]()},
	{"imported", "each line of rivet import", reflect.TypeFor[inspect.Imported]()},
	{"evaluated", "rivet repl, a line an input", reflect.TypeFor[inspect.ReplAnswer]()},
	{"begun", "rivet init", reflect.TypeFor[begun]()},
	{"templates", "rivet init --list", reflect.TypeFor[[]template]()},
	{"built", "rivet build", reflect.TypeFor[built]()},
	{"checked", "rivet check", reflect.TypeFor[checked]()},
	{"doctored", "rivet doctor", reflect.TypeFor[doctored]()},
	{"config", "rivet config", reflect.TypeFor[[]setting]()},
	{"version", "rivet version", reflect.TypeFor[versions]()},
	{"typed", "rivet types", reflect.TypeFor[typed]()},
	{"opened", "rivet studio --print-url", reflect.TypeFor[opened]()},
	{"pages", "rivet docs", reflect.TypeFor[[]page]()},
	{"page", "rivet docs TOPIC", reflect.TypeFor[whole]()},
	{"found", "rivet docs --search", reflect.TypeFor[[]found]()},
	{"packed", "rivet sdk pack", reflect.TypeFor[[]packed]()},
	{"error", "every command that fails, on standard error", reflect.TypeFor[failed]()},
}

// called is what `rivet call --json` prints.
type called struct {
	Output any `json:"output,omitempty"`
}

// heard is an event that came to `rivet call --listen`.
type heard struct {
	Event string `json:"event"`
	Args  []any  `json:"args"`
}

// page is a page of the documentation.
type page struct {
	Topic string `json:"topic"` // that rivet docs takes
	Title string `json:"title"`
	About string `json:"about"` // one line
}

// whole is a page with its text.
type whole struct {
	Topic    string `json:"topic"`
	Title    string `json:"title"`
	About    string `json:"about"`
	Markdown string `json:"markdown"`
}

// found is a line of a page that has what was searched for.
type found struct {
	Topic   string `json:"topic"`
	Heading string `json:"heading"` // of the section
	Line    int    `json:"line"`
	Text    string `json:"text"`
}

// packed is a tarball that was written.
type packed struct {
	Package string `json:"package"`
	Version string `json:"version"`
	File    string `json:"file"` // as seen from the working directory
}

// failed is how the command line prints an error.
type failed struct {
	Error failure `json:"error"`
}

type failure struct {
	Code     string `json:"code"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	At       string `json:"at,omitempty"` // file:line:column
	Metadata any    `json:"metadata,omitempty"`
	Problems []any  `json:"problems,omitempty"` // of a configuration
	Build    []any  `json:"build,omitempty"`    // of code that doesn't build
}

func main() {
	files, err := schemas("inspect.go", "patch.go", "tagged.go", "repl.go", "genschemas/main.go", "genschemas/tools.go")
	if err == nil {
		err = os.MkdirAll(os.Args[1], 0o755)
	}
	for name, text := range files {
		if err == nil {
			err = os.WriteFile(filepath.Join(os.Args[1], name), text, 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "genschemas:", err)
		os.Exit(1)
	}
}

// schemas are the files by name; sources are where comments stand.
func schemas(sources ...string) (map[string][]byte, error) {
	docs, err := comments(sources)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, p := range printed {
		m := maker{docs: docs, defs: map[string]*schema{}}
		s := m.of(p.of)
		root := &schema{
			Schema: "https://json-schema.org/draft/2020-12/schema", Title: p.name, Description: "What is printed with --json by " + p.by + ".",
			Ref: s.Ref, Type: s.Type, Items: s.Items, Properties: s.Properties, Required: s.Required, Defs: m.defs,
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(root); err != nil {
			return nil, err
		}
		files[p.name+".json"] = b.Bytes()
	}
	return files, nil
}

// schema is what is used of JSON Schema.
type schema struct {
	Schema      string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Ref         string             `json:"$ref,omitempty"`
	Type        string             `json:"type,omitempty"`
	Minimum     *int               `json:"minimum,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	Properties  *members           `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Defs        map[string]*schema `json:"$defs,omitempty"`
}

// members are properties in the order of the struct.
type members struct {
	names []string
	of    []*schema
}

// MarshalJSON writes them as an object.
func (m *members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range m.names {
		if i > 0 {
			b.WriteByte(',')
		}
		text, err := json.Marshal(m.of[i])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", name, text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// maker makes one document's schema.
type maker struct {
	docs map[string]string
	defs map[string]*schema
}

// closed are the string types whose values are all known; others may get more.
var closed = map[string][]string{
	"Status":      {string(inspect.Awake), string(inspect.Sleeping), string(inspect.Starting), string(inspect.Failed)},
	"AlarmStatus": {string(inspect.AlarmPending), string(inspect.AlarmRunning), string(inspect.AlarmRetrying), string(inspect.AlarmFailed)},
}

func (m *maker) of(t reflect.Type) *schema {
	switch t {
	case reflect.TypeFor[inspect.Tagged]():
		m.defs["Tagged"] = &schema{Description: "A value as tagged JSON: what JSON has is written plainly, all else as an object whose first key begins with $."}
		return &schema{Ref: "#/$defs/Tagged"}
	case reflect.TypeFor[json.RawMessage]():
		return &schema{}
	case reflect.TypeFor[inspect.ReplPart]():
		return &schema{Type: "array", Items: &schema{Type: "string"}}
	case reflect.TypeFor[inspect.Op]():
		m.operation()
		return &schema{Ref: "#/$defs/Op"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return m.of(t.Elem())
	case reflect.Slice:
		return &schema{Type: "array", Items: m.of(t.Elem())}
	case reflect.String:
		return &schema{Type: "string", Enum: closed[t.Name()]}
	case reflect.Bool:
		return &schema{Type: "boolean"}
	case reflect.Int, reflect.Int64:
		return &schema{Type: "integer"}
	case reflect.Uint64:
		return &schema{Type: "integer", Minimum: new(int)}
	case reflect.Float64:
		return &schema{Type: "number"}
	case reflect.Struct:
		return m.object(t)
	}
	return &schema{} // anything
}

func (m *maker) object(t reflect.Type) *schema {
	name, _, generic := strings.Cut(t.Name(), "[")
	if _, done := m.defs[name]; done {
		return &schema{Ref: "#/$defs/" + name}
	}
	s := &schema{Description: m.docs[name], Type: "object", Properties: &members{}}
	if !generic {
		m.defs[name] = s
	}
	for i := range t.NumField() {
		f := t.Field(i)
		key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := m.of(f.Type)
		p.Description = m.docs[name+"."+f.Name]
		s.Properties.names = append(s.Properties.names, key)
		s.Properties.of = append(s.Properties.of, p)
		if options != "omitempty" {
			s.Required = append(s.Required, key)
		}
	}
	if generic {
		return s
	}
	return &schema{Ref: "#/$defs/" + name}
}

// operation is Op, which writes itself.
func (m *maker) operation() {
	m.defs["Op"] = &schema{
		Description: "One operation of RFC 6902 over tagged JSON.", Type: "object", Required: []string{"op", "path"},
		Properties: &members{names: []string{"op", "path", "from", "value"}, of: []*schema{
			{Type: "string", Enum: []string{"add", "remove", "replace", "move", "copy", "test"}},
			{Type: "string", Description: "A JSON Pointer."}, {Type: "string", Description: "Of move and copy."}, m.of(reflect.TypeFor[inspect.Tagged]()),
		}},
	}
}

// comments reads what is said of types and their fields.
func comments(sources []string) (map[string]string, error) {
	docs := map[string]string{}
	for _, path := range sources {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range g.Specs {
				t, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				docs[t.Name.Name] = said(g.Doc)
				if s, ok := t.Type.(*ast.StructType); ok {
					for _, f := range s.Fields.List {
						for _, n := range f.Names {
							docs[t.Name.Name+"."+n.Name] = said(f.Comment)
						}
					}
				}
			}
		}
	}
	return docs, nil
}

func said(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }
