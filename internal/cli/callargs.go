package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// parseArgs reads an action's arguments.
func parseArgs(a *App, f *callFlags, words []string) ([]value.Value, error) {
	args, err := readArgs(a, f, words)
	if err != nil || !f.typed {
		return args, err
	}
	for i, v := range args {
		if args[i], err = inspect.Untag(v); err != nil {
			e := usage("argument %d is no tagged JSON: %v", i+1, err)
			if i < len(words) {
				e.pointAt(words[i])
			}
			return nil, e
		}
	}
	return args, nil
}

func readArgs(a *App, f *callFlags, words []string) ([]value.Value, error) {
	if f.args != "" {
		if len(words) > 0 {
			return nil, usage("arguments stand in --args or after the action, not both").pointAt(words[0])
		}
		v, err := parseFlagJSON(a, "--args", f.args)
		if err != nil {
			return nil, err
		}
		list, ok := v.(*value.Array)
		if !ok {
			return nil, usage("--args takes a JSON array, such as '[1, \"two\"]'").pointAt(f.args)
		}
		return list.Items, nil
	}
	args := make([]value.Value, 0, len(words))
	stdin := false
	for _, w := range words {
		if f.str {
			args = append(args, w)
			continue
		}
		if w == "@-" {
			if stdin {
				return nil, usage("standard input can be read once; @- stands here twice")
			}
			stdin = true
		}
		v, err := parseArg(a, w)
		if err != nil {
			return nil, err
		}
		args = append(args, v)
	}
	return args, nil
}

// parseArg reads one argument: JSON if it parses, else a string; @file is a
// file's content read the same way, @@x the string @x.
func parseArg(a *App, word string) (value.Value, error) {
	rest, at := strings.CutPrefix(word, "@")
	switch {
	case !at:
		return jsonOrString(word), nil
	case strings.HasPrefix(rest, "@"):
		return rest, nil
	case rest == "":
		return word, nil
	}
	text, err := a.readFile(rest)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	if !utf8.Valid(text) {
		return nil, usage("%s is no text", rest).pointAt(word)
	}
	return jsonOrString(string(text)), nil
}

func jsonOrString(text string) value.Value {
	if v, err := value.ParseJSON([]byte(text)); err == nil {
		return v
	}
	if negative.MatchString(text) { // such as -.5, which JSON doesn't write
		if f, err := strconv.ParseFloat(text, 64); err == nil && !strings.HasPrefix(text, "-0") {
			return f
		}
	}
	return text
}

// parseFlagJSON reads a flag's value, JSON or @file with JSON; "" is Undefined.
func parseFlagJSON(a *App, name, text string) (value.Value, error) {
	if text == "" {
		return value.Undefined{}, nil
	}
	source := []byte(unmask(text))
	if file, ok := strings.CutPrefix(text, "@"); ok {
		var err error
		if source, err = a.readFile(file); err != nil {
			return nil, err
		}
	}
	v, err := value.ParseJSON(source)
	if err != nil {
		return nil, usage("%s is no JSON: %v", name, err).pointAt(text).hint("a string needs quotes of its own: '\"text\"'")
	}
	return v, nil
}

func parseTime(name, text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := config.ParseDuration(unmask(text))
	if err != nil {
		return 0, usage("%s: %v, got %q", name, err, unmask(text))
	}
	return d, nil
}

// systemCause is what the system said, without operation and path.
func systemCause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err
	}
	return err
}
