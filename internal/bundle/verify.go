package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"sort"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"
	"github.com/evanw/esbuild/pkg/api"
	"github.com/go-sourcemap/sourcemap"

	"github.com/rivetdev/rivet/internal/actor"
)

// userScript is the program of the user's own modules.
const userScript = "user.js"

func hashOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// code and sourceMap are the two files of a build.
func code(res *api.BuildResult) []byte { return outputFile(res, false) }

func outputFile(res *api.BuildResult, wantMap bool) []byte {
	for _, f := range res.OutputFiles {
		if (filepath.Ext(f.Path) == ".map") == wantMap {
			return f.Contents
		}
	}
	return nil
}

// script makes a program of a build: what goja runs wrongly is rewritten, what
// it can't run at all is a problem.
func script(name string, res api.BuildResult, before func(string, int) string) (actor.Script, error) {
	if len(res.Errors) > 0 {
		return actor.Script{}, &Error{Problems: problemsOf(SeverityError, res.Errors, before)}
	}
	s := actor.Script{Name: name, Code: string(code(&res)), Map: outputFile(&res, true)}
	if name == userScript {
		keepNames(&s, before)
	}
	if err := verify(&s, before); err != nil {
		return actor.Script{}, err
	}
	s.Hash = hashOf(s.Name, s.Code)
	return s, nil
}

// verify parses the program as goja will, and repairs its regexps.
//
// The parser doesn't see esbuild's one hole, super inside an async generator
// method, which ends up in a nested function; the compiler does.
func verify(s *actor.Script, before func(string, int) string) error {
	prog, err := goja.Parse(s.Name, s.Code, parser.WithDisableSourceMaps)
	if err == nil && strings.Contains(s.Code, "__asyncGenerator(") && strings.Contains(s.Code, "super") {
		_, err = goja.CompileAST(prog, false)
	}
	if err != nil {
		return &Error{Problems: []Problem{syntaxProblem(s, err, before)}}
	}
	if strings.Contains(s.Code, `\p{`) || strings.Contains(s.Code, `\P{`) {
		s.Code = rewriteRegExps(s.Code, prog)
	}
	return nil
}

var errorPlace = regexp.MustCompile(`(?:Line |:)(\d+):(\d+)`)

func syntaxProblem(s *actor.Script, err error, before func(string, int) string) Problem {
	text, _, _ := strings.Cut(err.Error(), "\n")
	p := Problem{Severity: SeverityError, Length: 1, Text: "the JavaScript engine can't run this: " + text}
	if strings.Contains(text, "'super' keyword unexpected") {
		p.Text = "super can't be used inside an async generator method"
		p.Hint = "call the parent's method from a helper method of its own, or read it before the generator starts"
		p.Length = len("super")
	}
	var line, col int
	if at := errorPlace.FindStringSubmatch(err.Error()); at != nil {
		fmt.Sscan(at[1], &line)
		fmt.Sscan(at[2], &col)
	}
	m, merr := sourcemap.Parse("", s.Map)
	if line == 0 || merr != nil {
		return p
	}
	if src, _, l, c, ok := m.Source(line, max(col-1, 0)); ok {
		p.File, p.Line, p.Column = src, l, c+1
		if before != nil {
			p.LineText, p.Before = before(src, l), before(src, l-1)
		}
	}
	return p
}

// rewriteRegExps replaces each regexp literal that still has \p{…} (esbuild
// leaves those inside a character class) by a call of the same length, $r(N),
// padded with blanks: so no position moves, and the source map stays right. A
// call makes a new object each time, as evaluating a literal does. The table
// stands at the end of the line that opens the program, before any mapping.
func rewriteRegExps(code string, prog *ast.Program) string {
	found := map[file.Idx]*ast.RegExpLiteral{}
	collectRegExps(reflect.ValueOf(prog.Body), found)
	if len(found) == 0 {
		return code
	}
	lits := make([]*ast.RegExpLiteral, 0, len(found))
	for _, l := range found {
		lits = append(lits, l)
	}
	sort.Slice(lits, func(i, j int) bool { return lits[i].Idx < lits[j].Idx })
	fn := "$r"
	for strings.Contains(code, fn+"(") {
		fn += "r"
	}
	var body, table strings.Builder
	at, n := 0, 0
	for _, l := range lits {
		call := fmt.Sprintf("%s(%d)", fn, n)
		if len(call) > len(l.Literal) {
			continue
		}
		start := int(l.Idx) - prog.File.Base()
		body.WriteString(code[at:start])
		body.WriteString(call + strings.Repeat(" ", len(l.Literal)-len(call)))
		at = start + len(l.Literal)
		fmt.Fprintf(&table, "[%s,%s],", quote(l.Pattern), quote(l.Flags))
		n++
	}
	body.WriteString(code[at:])
	return insertPrelude(body.String(), fmt.Sprintf(" const %s = (i) => new RegExp(...%s.t[i]); %s.t = [%s];", fn, fn, fn, table.String()))
}

// insertPrelude puts text at the end of the line that opens the wrapper.
func insertPrelude(code, text string) string {
	open := strings.Index(code, "=> {\n")
	if open < 0 {
		return code
	}
	open += len("=> {")
	return code[:open] + text + code[open:]
}

func collectRegExps(v reflect.Value, found map[file.Idx]*ast.RegExpLiteral) {
	switch v.Kind() {
	case reflect.Interface:
		collectRegExps(v.Elem(), found)
	case reflect.Pointer:
		if v.IsNil() || v.Type() == reflect.TypeFor[*file.File]() {
			return
		}
		if l, ok := v.Interface().(*ast.RegExpLiteral); ok {
			if strings.Contains(l.Pattern, `\p{`) || strings.Contains(l.Pattern, `\P{`) {
				found[l.Idx] = l
			}
			return
		}
		collectRegExps(v.Elem(), found)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				collectRegExps(v.Field(i), found)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			collectRegExps(v.Index(i), found)
		}
	}
}
