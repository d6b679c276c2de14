package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// startLogging runs `rivet dev` with its log as it is in a pipe: logfmt.
func startLogging(t testing.TB, env []string, args ...string) *server {
	t.Helper()
	s := launch(t, project(t, "conf_log"), env, append([]string{"dev", "--port", "0"}, args...)...)
	within(t, patience, "the server tells its address", func() bool {
		var m struct{ URL string }
		data, err := os.ReadFile(filepath.Join(s.dir, ".rivet", "server.json"))
		s.url = ""
		if err == nil && json.Unmarshal(data, &m) == nil {
			s.url = strings.TrimSuffix(m.URL, "/registry")
		}
		return s.url != ""
	})
	return s
}

func TestConformance108StructuredLog(t *testing.T) {
	t.Parallel()
	s := startLogging(t, environ())
	for action, want := range map[string]string{
		"increment": `level=INFO msg=increment connection=1 count=2`,
		"quoted":    `level=INFO msg="two words" text="a b" quote="say \"x\"" empty="" equals="a=b" nested="{\"a\":[1,\"b\"]}" none=null`,
		"more":      `level=WARN msg=more a=1 arg0=7 b=2 arg1=text arg2=true`,
		"errors":    `level=ERROR msg=errors arg0="RangeError: too far" err="Error: of a field" name=MyError`,
	} {
		t.Run(action, func(t *testing.T) {
			s.call(t, of("logs", "a"), action, `[]`)
			s.awaitLog(t, want+" actor=logs/a")
		})
	}
	t.Run("console", func(t *testing.T) {
		s.call(t, of("logs", "a"), "console", `[]`)
		line := (&topic{name: "conf_log"}).lineOf(t, "from console.log")
		s.awaitLog(t, `level=INFO msg="from console.log`, line)
		s.awaitLog(t, `level=ERROR msg="from console.error"`)
	})
}

func TestAStackInALogHasTypeScriptPositions(t *testing.T) {
	t.Parallel()
	s := startLogging(t, environ())
	s.call(t, of("logs", "a"), "stacks", `[]`)
	at := "(" + (&topic{name: "conf_log"}).lineOf(t, "// where it was made")
	for _, where := range []string{"c.log", "console"} {
		s.awaitLog(t, "stack of "+where, `Error: with a stack\n    at stacks `+at)
	}
	if strings.Contains(s.output(), "user.js") {
		t.Errorf("a position of the program:\n%s", s.output())
	}
}

func TestConformance109LogLevels(t *testing.T) {
	t.Parallel()
	levels := []string{"trace", "debug", "info", "warn", "error", "critical"}
	for name, tt := range map[string]struct {
		env  []string
		from int // the least level that is shown
	}{
		"by default":       {nil, 2},
		"_LOG_LEVEL":       {[]string{"_LOG_LEVEL=DEBUG"}, 1},
		"trace":            {[]string{"_LOG_LEVEL=TRACE"}, 0},
		"only the gravest": {[]string{"_LOG_LEVEL=CRITICAL"}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startLogging(t, environ(tt.env...))
			s.call(t, of("logs", "a"), "levels", `[]`)
			s.awaitLog(t, `level=CRITICAL msg="at critical"`)
			for i, level := range levels {
				shown := s.hasLog("level=" + strings.ToUpper(level) + ` msg="at ` + level + `"`)
				if shown != (i >= tt.from) {
					t.Errorf("%s is shown: %t", level, shown)
				}
			}
		})
	}
	t.Run("getLogger", func(t *testing.T) {
		t.Parallel()
		s := startLogging(t, environ("_LOG_TARGET=1"))
		s.call(t, of("logs", "a"), "named", `[]`)
		s.awaitLog(t, `level=INFO `, `msg=m `, `y=1`, `target=x`)
		s.awaitLog(t, `level=WARN `, `msg="by default"`)
		if s.hasLog("hidden") {
			t.Errorf("a debug line is shown:\n%s", s.output())
		}
	})
}
