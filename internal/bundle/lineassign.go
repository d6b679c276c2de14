package bundle

import (
	"encoding/json"
	"reflect"
	"sort"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
)

type idx = file.Idx

// assignments notes the names that a statement assigns outside of functions: in
// a REPL x = 5 makes a variable.
func (e *lineEdit) assignments(s ast.Statement) { e.findAssignments(reflect.ValueOf(s)) }

func (e *lineEdit) findAssignments(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		e.findAssignments(v.Elem())
	case reflect.Pointer:
		if v.IsNil() || v.Type() == reflect.TypeFor[*file.File]() {
			return
		}
		switch n := v.Interface().(type) {
		case *ast.FunctionLiteral, *ast.ArrowFunctionLiteral, *ast.ClassLiteral:
			return
		case *ast.AssignExpression:
			if n.Operator == token.ASSIGN {
				for _, name := range targets(n.Left) {
					if e.ours(name) {
						e.assign[name] = true
					}
				}
			}
		}
		e.findAssignments(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				e.findAssignments(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			e.findAssignments(v.Index(i))
		}
	}
}

// piece is a part of the rewritten program that stands in esbuild's output too.
type piece struct{ out, in, n int }

// sourceMap is a source map, version 3.
type sourceMap struct {
	Version  int      `json:"version"`
	Sources  []string `json:"sources"`
	Names    []string `json:"names"`
	Mappings string   `json:"mappings"`
}

// mark is one mapping: a place in the program and in the line.
type mark struct{ out, line, col int }

// remap is the source map of the rewritten program: each mapping of esbuild's
// moves with the piece that it is in. shift is how many characters were put in
// front of the line's first.
func remap(data []byte, name, js, code string, pieces []piece, shift int) []byte {
	var m sourceMap
	if json.Unmarshal(data, &m) != nil {
		return nil
	}
	var marks []mark
	for _, at := range decodeMappings(m.Mappings, js) {
		if at.line == 0 {
			at.col = max(at.col-shift, 0)
		}
		for _, p := range pieces {
			if at.out >= p.in && at.out < p.in+p.n {
				at.out += p.out - p.in
				marks = append(marks, at)
				break
			}
		}
	}
	sort.Slice(marks, func(i, j int) bool { return marks[i].out < marks[j].out })
	out, err := json.Marshal(sourceMap{Version: 3, Sources: []string{name}, Names: []string{}, Mappings: encodeMappings(marks, code)})
	if err != nil {
		return nil
	}
	return out
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// decodeMappings reads mappings; columns are taken for bytes, as goja counts.
func decodeMappings(text, js string) (marks []mark) {
	start, line, col := 0, 0, 0
	for _, row := range strings.Split(text, ";") {
		out := 0
		for _, segment := range strings.Split(row, ",") {
			nums := vlq(segment)
			if len(nums) == 0 {
				continue
			}
			out += nums[0]
			if len(nums) >= 4 {
				line, col = line+nums[2], col+nums[3]
				marks = append(marks, mark{start + out, line, col})
			}
		}
		next := strings.IndexByte(js[min(start, len(js)):], '\n')
		if next < 0 {
			break
		}
		start += next + 1
	}
	return marks
}

func vlq(s string) (nums []int) {
	n, shift := 0, 0
	for _, c := range s {
		d := strings.IndexRune(base64Digits, c)
		if d < 0 {
			return nil
		}
		n |= d & 31 << shift
		if shift += 5; d&32 != 0 {
			continue
		}
		if n&1 != 0 {
			n = -(n >> 1)
		} else {
			n >>= 1
		}
		nums, n, shift = append(nums, n), 0, 0
	}
	return nums
}

func encodeMappings(marks []mark, code string) string {
	var b strings.Builder
	number := func(n int) {
		u := n << 1
		if n < 0 {
			u = -n<<1 | 1
		}
		for {
			d := u & 31
			if u >>= 5; u > 0 {
				d |= 32
			}
			b.WriteByte(base64Digits[d])
			if u == 0 {
				return
			}
		}
	}
	at, start, last, line, col := 0, 0, 0, 0, 0
	fresh := true
	for _, m := range marks {
		for ; at < m.out && at < len(code); at++ {
			if code[at] == '\n' {
				b.WriteByte(';')
				start, last, fresh = at+1, 0, true
			}
		}
		if !fresh {
			b.WriteByte(',')
		}
		fresh = false
		number(m.out - start - last)
		number(0)
		number(m.line - line)
		number(m.col - col)
		last, line, col = m.out-start, m.line, m.col
	}
	return b.String()
}
