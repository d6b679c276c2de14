package bundle

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
	"github.com/dop251/goja/token"
	"github.com/evanw/esbuild/pkg/api"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
)

// SyntaxError is the code of a line that is no TypeScript.
const SyntaxError errs.Code = "syntax_error"

// The line stands in an async function, in which await is allowed, inside two
// scopes: what the REPL offers, and what lines have declared. Declarations at
// its top level become assignments to the second.
const (
	lineHead = "(function($base,$vars,$lock){with($base){with($vars){return async function(){\"use strict\";"
	lineFoot = "\n}}}})"
)

// CompileLine makes a line of the REPL ready to run; name is the file that its
// positions are told in. An error is an *errs.Error with a position in At.
func CompileLine(name, source string) (*actor.Line, error) {
	if t := strings.TrimSpace(source); strings.HasPrefix(t, "{") && !strings.HasSuffix(t, ";") {
		if l, err := compileLine(name, source, "("+source+"\n)"); err == nil { // an object, not a block
			return l, nil
		}
	}
	return compileLine(name, source, source)
}

func compileLine(name, source, text string) (*actor.Line, error) {
	set := settings("/")
	res := api.Transform(text, api.TransformOptions{
		Loader: api.LoaderTS, Target: set.Target, Supported: set.Supported, Charset: set.Charset,
		LegalComments: api.LegalCommentsNone, LogLevel: api.LogLevelSilent, Sourcefile: name,
		Sourcemap: api.SourceMapExternal, SourcesContent: api.SourcesContentExclude,
		// An import that nothing uses yet is to be refused, not forgotten.
		TsconfigRaw: `{"compilerOptions":{"verbatimModuleSyntax":true}}`,
	})
	if len(res.Errors) > 0 {
		return nil, lineProblem(name, res.Errors[0], len(text)-len(source) > 0)
	}
	e := lineEdit{js: string(res.Code), source: source, line: &actor.Line{Source: source}}
	// esbuild makes require of import(): there is neither.
	imports := strings.Contains(e.js, "__toESM(require(") && !strings.Contains(source, "__toESM(")
	if imports || lineImport.MatchString(e.js) {
		return nil, (&errs.Error{Code: errs.Unsupported, Msg: "import and export don't work in the REPL", At: name + ":1:1"}).
			WithHint("Call the project's actors instead; what they import stays with them.")
	}
	code, pieces, err := e.rewrite()
	if err != nil {
		return nil, &errs.Error{Code: SyntaxError, Msg: err.Error(), At: name + ":1:1"}
	}
	s := &e.line.Script
	shift := 0
	if len(text) > len(source) {
		shift = 1
	}
	*s = actor.Script{Name: name, Code: code, Map: remap(res.Map, name, e.js, code, pieces, shift)}
	return e.line, nil
}

var lineImport = regexp.MustCompile(`(?m)^(import\s*["'{*\w]|export[\s{*])`)

func lineProblem(name string, m api.Message, wrapped bool) error {
	e := &errs.Error{Code: SyntaxError, Msg: m.Text}
	if l := m.Location; l != nil {
		col := l.Column + 1
		if wrapped && l.Line == 1 {
			col--
		}
		e.At = fmt.Sprintf("%s:%d:%d", name, l.Line, max(col, 1))
	}
	return e
}

// lineEdit rewrites what esbuild made of a line.
type lineEdit struct {
	js     string
	source string // TypeScript: what isn't named in it is a helper of esbuild's
	line   *actor.Line
	base   int // of the parsed program's positions
	edits  []edit
	hoist  []edit // functions, which are there before the rest
	assign map[string]bool
}

// edit replaces js[from:to].
type edit struct {
	from, to int
	before   string // put in front of what stays
	keep     bool   // js[from:to] stays
	after    string
}

// rewrite gives the program and which parts of it were taken over from js.
func (e *lineEdit) rewrite() (string, []piece, error) {
	const open = "(async function(){"
	prog, err := goja.Parse("line", open+e.js+"\n})", parser.WithDisableSourceMaps)
	if err != nil {
		return "", nil, fmt.Errorf("the JavaScript engine can't run this: %s", firstLine(err))
	}
	e.base, e.assign = prog.File.Base()+len(open), map[string]bool{}
	body := prog.Body[0].(*ast.ExpressionStatement).Expression.(*ast.FunctionLiteral).Body.List
	for _, s := range body {
		e.top(s)
	}
	if len(body) > 0 {
		if x, ok := body[len(body)-1].(*ast.ExpressionStatement); ok {
			e.result(x)
		}
	}
	for _, s := range body {
		e.assignments(s)
	}
	declared := map[string]bool{}
	for _, n := range e.line.Names {
		declared[n.Name] = true
	}
	for name := range e.assign {
		if !declared[name] {
			e.line.Implicit = append(e.line.Implicit, name)
		}
	}
	slices.Sort(e.line.Implicit)
	code, pieces := e.build()
	if _, err := goja.Compile("line", code, false); err != nil {
		return "", nil, fmt.Errorf("the JavaScript engine can't run this: %s", firstLine(err))
	}
	return code, pieces, nil
}

func firstLine(err error) string {
	s, _, _ := strings.Cut(err.Error(), "\n")
	return s
}

// build puts the edits together.
func (e *lineEdit) build() (string, []piece) {
	var b strings.Builder
	var pieces []piece
	take := func(from, to int) {
		if from < to {
			pieces = append(pieces, piece{out: b.Len(), in: from, n: to - from})
			b.WriteString(e.js[from:to])
		}
	}
	b.WriteString(lineHead)
	for _, h := range e.hoist {
		b.WriteString(h.before)
		take(h.from, h.to)
		b.WriteString(h.after)
	}
	slices.SortStableFunc(e.edits, func(x, y edit) int { return x.from - y.from })
	at := 0
	for _, x := range e.edits {
		take(at, x.from)
		b.WriteString(x.before)
		if x.keep {
			take(x.from, x.to)
		}
		b.WriteString(x.after)
		at = max(at, x.to)
	}
	take(at, len(e.js))
	b.WriteString(lineFoot)
	return b.String(), pieces
}

func (e *lineEdit) pos(n interface{ Idx0() idx }) int { return int(n.Idx0()) - e.base }
func (e *lineEdit) end(n interface{ Idx1() idx }) int { return int(n.Idx1()) - e.base }

func (e *lineEdit) insert(at int, text string) {
	e.edits = append(e.edits, edit{from: at, to: at, before: text})
}

func (e *lineEdit) cut(from, to int) { e.edits = append(e.edits, edit{from: from, to: to}) }

// ours reports whether the line itself names name.
func (e *lineEdit) ours(name string) bool { return strings.Contains(e.source, name) }

func (e *lineEdit) declare(name string, keep bool) {
	for n := range e.line.Names {
		if e.line.Names[n].Name == name {
			return
		}
	}
	e.line.Names = append(e.line.Names, actor.LineName{Name: name, Keep: keep})
}

// top rewrites a statement of the line's top level.
func (e *lineEdit) top(s ast.Statement) {
	switch s := s.(type) {
	case *ast.LexicalDeclaration:
		names := e.bindings(s.List)
		if !e.all(names) {
			return
		}
		e.bind(e.pos(s), len(s.Token.String()), s.List, false)
		if s.Token == token.CONST {
			quoted := make([]string, len(names))
			for n, name := range names {
				quoted[n] = quote(name)
			}
			e.insert(e.bindEnd(s.List), ", $lock("+strings.Join(quoted, ", ")+")")
		}
	case *ast.FunctionDeclaration:
		name := string(s.Function.Name.Name)
		if e.ours(name) {
			e.declare(name, false)
			from, to := e.pos(s.Function), e.end(s.Function)
			e.hoist = append(e.hoist, edit{from: from, to: to, before: name + " = ", after: ";"})
			e.cut(from, to)
		}
	case *ast.ClassDeclaration:
		name := string(s.Class.Name.Name)
		if e.ours(name) {
			e.declare(name, false)
			e.insert(e.pos(s.Class), name+" = ")
			e.insert(e.end(s.Class), ";")
		}
	default:
		e.inner(s)
	}
}

// inner looks for var, which is the line's own wherever it stands.
func (e *lineEdit) inner(s ast.Statement) {
	switch s := s.(type) {
	case *ast.VariableStatement:
		if e.all(e.bindings(s.List)) {
			e.bind(e.pos(s), len("var"), s.List, true)
		}
	case *ast.BlockStatement:
		e.each(s.List)
	case *ast.IfStatement:
		e.each([]ast.Statement{s.Consequent, s.Alternate})
	case *ast.ForStatement:
		if v, ok := s.Initializer.(*ast.ForLoopInitializerVarDeclList); ok && e.all(e.bindings(v.List)) {
			e.bind(strings.LastIndex(e.js[:e.pos(v.List[0].Target)], "var"), len("var"), v.List, true)
		}
		e.inner(s.Body)
	case *ast.ForInStatement:
		e.into(s.Into)
		e.inner(s.Body)
	case *ast.ForOfStatement:
		e.into(s.Into)
		e.inner(s.Body)
	case *ast.WhileStatement:
		e.inner(s.Body)
	case *ast.DoWhileStatement:
		e.inner(s.Body)
	case *ast.LabelledStatement:
		e.inner(s.Statement)
	case *ast.TryStatement:
		e.inner(s.Body)
		if s.Catch != nil {
			e.inner(s.Catch.Body)
		}
		if s.Finally != nil {
			e.inner(s.Finally)
		}
	case *ast.SwitchStatement:
		for _, c := range s.Body {
			e.each(c.Consequent)
		}
	}
}

func (e *lineEdit) each(list []ast.Statement) {
	for _, s := range list {
		if s != nil {
			e.inner(s)
		}
	}
}

// into is the var of for (var x of …).
func (e *lineEdit) into(f ast.ForInto) {
	v, ok := f.(*ast.ForIntoVar)
	if !ok || !e.all(e.bindings([]*ast.Binding{v.Binding})) {
		return
	}
	for _, name := range e.bindings([]*ast.Binding{v.Binding}) {
		e.declare(name, false)
	}
	from := strings.LastIndex(e.js[:e.pos(v.Binding.Target)], "var")
	e.cut(from, from+len("var"))
}

// bind turns declarations into assignments.
func (e *lineEdit) bind(at, word int, list []*ast.Binding, isVar bool) {
	e.cut(at, at+word)
	for _, b := range list {
		for _, name := range e.bindings([]*ast.Binding{b}) {
			e.declare(name, isVar && b.Initializer == nil)
		}
		if _, ok := b.Target.(ast.Pattern); ok {
			e.insert(e.pos(b.Target), "(")
			e.insert(e.bindEnd([]*ast.Binding{b}), ")")
		}
	}
}

// bindEnd is where the last of the bindings ends: in front of a comma or
// semicolon. Brackets around the initializer are left out of its position.
func (e *lineEdit) bindEnd(list []*ast.Binding) int {
	b := list[len(list)-1]
	if b.Initializer == nil {
		return e.end(b.Target)
	}
	at := e.end(b.Initializer)
	for at < len(e.js) && strings.IndexByte(") \t\n", e.js[at]) >= 0 {
		at++
	}
	return at
}

// result makes the line's last statement its result.
func (e *lineEdit) result(x *ast.ExpressionStatement) {
	from := e.pos(x)
	for from > 0 && strings.IndexByte("( \t", e.js[from-1]) >= 0 {
		from--
	}
	to := len(strings.TrimRight(e.js, " \t\n;"))
	if to <= from {
		return
	}
	e.line.Value = true
	e.insert(from, "return (")
	e.edits = append(e.edits, edit{from: to, to: len(e.js), before: "\n);"})
}

// bindings are the names that a list of bindings binds.
func (e *lineEdit) bindings(list []*ast.Binding) (names []string) {
	for _, b := range list {
		names = append(names, targets(b.Target)...)
	}
	return names
}

// all reports whether every name is the line's own.
func (e *lineEdit) all(names []string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return !e.ours(n) })
}

// targets are the names that a target of a binding or assignment binds.
func targets(n ast.Node) (names []string) {
	switch n := n.(type) {
	case *ast.Identifier:
		return []string{n.Name.String()}
	case *ast.AssignExpression:
		return targets(n.Left)
	case *ast.ArrayPattern:
		for _, el := range n.Elements {
			if el != nil {
				names = append(names, targets(el)...)
			}
		}
		if n.Rest != nil {
			names = append(names, targets(n.Rest)...)
		}
	case *ast.ObjectPattern:
		for _, p := range n.Properties {
			switch p := p.(type) {
			case *ast.PropertyShort:
				names = append(names, p.Name.Name.String())
			case *ast.PropertyKeyed:
				names = append(names, targets(p.Value)...)
			}
		}
		if n.Rest != nil {
			names = append(names, targets(n.Rest)...)
		}
	}
	return names
}
