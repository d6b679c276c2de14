package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/rivetdev/rivet/internal/errs"
)

// file is the reading of one rivet.yaml.
type file struct {
	name     string
	vars     map[string]string
	expand   bool
	out      map[string]setting
	problems []Problem
}

func (f *file) at(n *yaml.Node) string { return fmt.Sprintf("%s:%d:%d", f.name, n.Line, n.Column) }

func (f *file) fail(n *yaml.Node, key, format string, args ...any) {
	f.problems = append(f.problems, Problem{At: f.at(n), Key: key, Msg: fmt.Sprintf(format, args...)})
}

var (
	yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): `)
	// The library counts the lines of these messages from 0, those of all others from 1.
	fromZero = regexp.MustCompile(`^did not find expected (<|node|key|'-'|',')`)
)

func (f *file) read(text []byte) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var doc, more yaml.Node
	err := d.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return // empty, or comments alone
	}
	if err == nil {
		switch second := d.Decode(&more); {
		case second == nil:
			f.fail(&more, "", "a second document: there can be one alone")
			return
		case !errors.Is(second, io.EOF):
			err = second
		}
	}
	if err != nil {
		msg, at := strings.TrimPrefix(err.Error(), "yaml: "), "1"
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			msg, at = strings.TrimPrefix(msg, "line "+m[1]+": "), m[1]
			if n, err := strconv.Atoi(at); err == nil && fromZero.MatchString(msg) {
				at = strconv.Itoa(n + 1)
			}
		}
		f.problems = append(f.problems, Problem{At: f.name + ":" + at + ":1", Msg: "no YAML: " + msg})
		return
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return
	}
	f.section(root, "")
}

// section reads the keys below prefix ("" or "limits.").
func (f *file) section(n *yaml.Node, prefix string) {
	n = target(n)
	if n.Kind != yaml.MappingNode {
		name := strings.TrimSuffix(prefix, ".")
		f.fail(n, name, "want a section with keys (%s), got %s", strings.Join(children(prefix), ", "), kindOf(n))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		full := prefix + name.Value
		k := keyNamed(full)
		switch {
		case seen[name.Value]:
			f.fail(name, "", "%s stands here twice", full)
		case k != nil && !k.hidden && !strings.Contains(name.Value, "."):
			f.value(value, k)
		case len(children(full+".")) > 0 && !strings.Contains(name.Value, "."):
			if t := target(value); t.Tag != "!!null" {
				f.section(value, full+".")
			}
		default:
			f.fail(name, "", "unknown key %s%s", strconv.Quote(full), unknownHint(name.Value, prefix))
		}
		seen[name.Value] = true
	}
}

func unknownHint(name, prefix string) string {
	if k := keyNamed(prefix + name); k != nil && !k.hidden { // limits.message: 1
		parts := strings.Split(name, ".")
		return fmt.Sprintf("; write it nested, as %s: { %s: … }", parts[0], strings.Join(parts[1:], ": { "))
	}
	siblings := children(prefix)
	if near := errs.Closest(name, siblings); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	for i := range keys {
		if full := keys[i].name; !keys[i].hidden && strings.HasSuffix(full, "."+name) {
			return fmt.Sprintf("; did you mean %q?", full)
		}
	}
	return "; known are " + strings.Join(siblings, ", ")
}

// children are the names right below a prefix.
func children(prefix string) []string {
	var out []string
	for i := range keys {
		rest, ok := strings.CutPrefix(keys[i].name, prefix)
		if !ok || keys[i].hidden {
			continue
		}
		name, _, _ := strings.Cut(rest, ".")
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// value reads the value of a key; null says nothing.
func (f *file) value(n *yaml.Node, k *key) {
	t := target(n)
	if t.Kind == yaml.ScalarNode && t.Tag == "!!null" {
		return
	}
	_, text := k.field(&Config{}).(*string)
	if _, list := k.field(&Config{}).(*[]string); !f.expand && refers(t) && !list && (!text || len(k.oneOf) > 0) {
		return
	}
	var v any
	var err error
	if _, list := k.field(&Config{}).(*[]string); list {
		if v, err = f.list(t); err == nil {
			err = k.checkItems(v.([]string))
		}
	} else {
		v, err = f.scalar(t, k)
	}
	if err != nil {
		f.fail(t, k.name, "%s", err)
		return
	}
	f.out[k.name] = setting{v, Origin{Layer: FromFile, Name: f.name, At: f.at(t)}}
}

func (f *file) list(n *yaml.Node) (any, error) {
	items := []*yaml.Node{n} // one string is a list of one
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	out := []string{}
	for _, item := range items {
		item = target(item)
		if item.Kind != yaml.ScalarNode || item.Tag != "!!str" {
			return nil, fmt.Errorf("want a list of strings, got %s%s", inList(n), kindOf(item))
		}
		s, err := f.text(item.Value)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func inList(n *yaml.Node) string {
	if n.Kind == yaml.SequenceNode {
		return "one with "
	}
	return ""
}

func (f *file) scalar(n *yaml.Node, k *key) (any, error) {
	if n.Kind != yaml.ScalarNode {
		return nil, fmt.Errorf("want %s, got %s", k.words(), kindOf(n))
	}
	text, err := f.text(n.Value)
	if err != nil {
		return nil, err
	}
	expanded := text != n.Value
	number := n.Tag == "!!int" || n.Tag == "!!float"
	wrong := false
	switch k.field(&Config{}).(type) {
	case *string:
		wrong = n.Tag != "!!str"
		if wrong && number && len(k.oneOf) == 0 {
			return nil, fmt.Errorf("want a string, got a number; write it in quotes: %q", n.Value)
		}
	case *bool:
		wrong = n.Tag != "!!bool" && !expanded
	case *int:
		wrong = n.Tag != "!!int" && !expanded
	case *Size, *Memory, *time.Duration:
		wrong = n.Tag != "!!str" && !number
	}
	if wrong {
		return nil, fmt.Errorf("want %s, got %s", k.words(), kindOf(n))
	}
	if n.Tag == "!!int" {
		var i int64 // also 0x1F and 1_000
		if err := n.Decode(&i); err == nil {
			text = strconv.FormatInt(i, 10)
		}
	}
	v, err := k.parse(text)
	if err != nil {
		shown := strconv.Quote(text)
		if k.secret {
			shown = "something else"
		}
		if near := errs.Closest(text, k.oneOf); near != "" {
			return nil, fmt.Errorf("%w, got %s; did you mean %q?", err, shown, near)
		}
		return nil, fmt.Errorf("%w, got %s", err, shown)
	}
	return v, nil
}

// words is what the key takes, with the allowed values.
func (k *key) words() string {
	if len(k.oneOf) > 0 {
		return "one of " + strings.Join(k.oneOf, ", ")
	}
	if _, ok := k.field(&Config{}).(*Memory); ok {
		return "a share such as 75% or a size such as 512MiB"
	}
	return k.wanted()
}

// refers reports whether a value, or one of a list, has a ${NAME}.
func refers(n *yaml.Node) bool {
	return strings.Contains(n.Value, "${") || slices.ContainsFunc(n.Content, func(item *yaml.Node) bool { return refers(target(item)) })
}

var reference = regexp.MustCompile(`\$\$\{|\$\{[^}]*\}?`)

// text expands ${NAME} and ${NAME:-default}; $${ is a literal ${.
func (f *file) text(s string) (string, error) {
	if !f.expand || !strings.Contains(s, "${") {
		return s, nil
	}
	var err error
	out := reference.ReplaceAllStringFunc(s, func(m string) string {
		if m == "$${" {
			return "${"
		}
		inner, closed := strings.CutSuffix(m[2:], "}")
		name, fallback, has := strings.Cut(inner, ":-")
		switch v := f.vars[name]; {
		case !closed || !validName(name):
			err = fmt.Errorf("%s is no reference: write ${NAME} or ${NAME:-default}", m)
		case v != "":
			return v
		case has:
			return fallback
		default:
			err = fmt.Errorf("the variable %s is not set; set it, or write ${%s:-default}", name, name)
		}
		return ""
	})
	return out, err
}

func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a section"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!int", "!!float":
		return "the number " + n.Value
	case "!!bool":
		return n.Value
	case "!!null":
		return "nothing"
	}
	return strconv.Quote(n.Value)
}
