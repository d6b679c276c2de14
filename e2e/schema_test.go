package e2e

import (
	"bytes"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// scriptSchema is `schema NAME [stdout|stderr]`: what the last command printed
// there is, line by line, what docs/schemas/NAME.json describes. NAME,NAME: the
// first line is of the first, all others of the second.
func scriptSchema(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: schema NAME[,NAME] [stdout|stderr]")
	}
	from := "stdout"
	if len(args) == 2 {
		from = args[1]
	}
	first, rest, two := strings.Cut(args[0], ",")
	if !two {
		rest = first
	}
	text := strings.TrimSpace(ts.ReadFile(from))
	if text == "" {
		ts.Fatalf("%s is empty", from)
	}
	for i, line := range strings.Split(text, "\n") {
		name := rest
		if i == 0 {
			name = first
		}
		s, err := jsonschema.NewCompiler().Compile(filepath.Join(ts.Getenv("ROOT"), "docs", "schemas", name+".json"))
		ts.Check(err)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(line)))
		if err == nil {
			err = s.Validate(doc)
		}
		if err != nil {
			ts.Fatalf("%s isn't as docs/schemas/%s.json says: %v", line, name, err)
		}
	}
}
