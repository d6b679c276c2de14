package signature

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// at is where the mark ^ stands in src, and src without it.
func at(t *testing.T, src string) (text string, line, col int) {
	t.Helper()
	i := strings.IndexByte(src, '^')
	if i < 0 {
		t.Fatalf("%q has no mark", src)
	}
	before := src[:i]
	return before + src[i+1:], strings.Count(before, "\n") + 1, i - strings.LastIndexByte(before, '\n')
}

func shown(fn Func) string {
	var ps []string
	for _, p := range fn.Params {
		ps = append(ps, p.Text())
	}
	s := fn.Name + "(" + strings.Join(ps, ", ") + ")"
	if fn.Returns != "" {
		s += ": " + fn.Returns
	}
	return s
}

func TestFunc(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ src, want string }{
		"an arrow, mapped at its brackets":  {`x = { add: ^(c, n: number = 1) => n }`, "add(c, n: number = 1)"},
		"an arrow, mapped at its name":      {`x = { ^add: (c, n: number) => n }`, "add(c, n: number)"},
		"async":                             {`x = { add: ^async (c, n: number): Promise<number> => n }`, "add(c, n: number): Promise<number>"},
		"async, mapped behind it":           {`x = { add: async ^(c, n?: number) => n }`, "add(c, n?: number)"},
		"one bare parameter":                {`x = { get: ^c => c.state }`, "get(c)"},
		"a method":                          {`x = { ^add(c, n: number): void { } }`, "add(c, n: number): void"},
		"an async method":                   {`x = { ^async add(c, ...n: number[]) { } }`, "add(c, ...n: number[])"},
		"methods named async and get":       {`x = { ^async(c, n: string) {} }`, "async(c, n: string)"},
		"a member named async":              {`x = { ^async: (c, n: string) => 1 }`, "async(c, n: string)"},
		"a quoted name":                     {`x = { ^"add-two": (c, n: string) => 1 }`, "add-two(c, n: string)"},
		"a computed name":                   {`x = { ^["a" + b](c, n: string) {} }`, "(c, n: string)"},
		"a function expression":             {`x = { add: ^async function* q(c, n: string) {} }`, "q(c, n: string)"},
		"a declaration":                     {`export ^async function add(c: Ctx, n: string): Promise<void> {}`, "add(c: Ctx, n: string): Promise<void>"},
		"a variable":                        {`export const add = ^async <T extends { a: 1 }>(c: Ctx<T>, n: T) => n`, "add(c: Ctx<T>, n: T)"},
		"a generator method":                {`x = { ^*all(c, n: string) {} }`, "all(c, n: string)"},
		"in brackets":                       {`x = { add: ^((c, n: string) => 1) }`, "add(c, n: string)"},
		"patterns":                          {`x = { add: ^(c, { a, b = 2 }: { a: string; b?: number }, [d]: [1] = [1]) => 1 }`, "add(c, { a, b = 2 }: { a: string; b?: number }, [d]: [1] = [1])"},
		"comments and lines":                {"x = { add: ^(\n  c, // the context\n  n: number, /* how much */\n  opts: {\n    a: 1,\n  },\n) => 1 }", "add(c, n: number, opts: { a: 1 })"},
		"an object as result of an arrow":   {`x = { add: ^(c): { a: number; b: string[] } => ({}) }`, "add(c): { a: number; b: string[] }"},
		"an object as result of a method":   {`x = { ^add(c): { a: number } { return 1 } }`, "add(c): { a: number }"},
		"a function as result":              {`x = { add: ^(c): ((a: string) => void) => 1 }`, "add(c): ((a: string) => void)"},
		"a bare function as result":         {`x = { add: ^(c): (a: string) => void => 1 }`, "add(c): (a: string) => void"},
		"a union in brackets as result":     {`x = { add: ^(c): (A | B)[] => 1 }`, "add(c): (A | B)[]"},
		"type parameters with commas":       {`x = { add: ^(c, m: Map<string, Array<[a: 1, b: 2]>>, n = new Map<string, number>(), z = a < b) => 1 }`, "add(c, m: Map<string, Array<[a: 1, b: 2]>>, n = new Map<string, number>(), z = a < b)"},
		"conditional, keyof, typeof, index": {"x = { add: ^(c, a: keyof typeof x.y, b: A extends B ? C : D, d: T['a'][\"b\"], e: `a${string}`, f: unique symbol) => 1 }", "add(c, a: keyof typeof x.y, b: A extends B ? C : D, d: T['a'][\"b\"], e: `a${string}`, f: unique symbol)"},
		"a predicate":                       {`x = { ^add(c, a: unknown): a is string {} }`, "add(c, a: unknown): a is string"},
		"defaults with brackets and slash":  {`x = { add: ^(c, a = ")", b = /[)/]/.test("x"), d = 1 / 2, e = [1, { a: "," }]) => 1 }`, `add(c, a = ")", b = /[)/]/.test("x"), d = 1 / 2, e = [1, { a: "," }])`},
		"a leading bar":                     {"x = { add: ^(c, a:\n | \"x\"\n | \"y\") => 1 }", `add(c, a: | "x" | "y")`},
		"not a function":                    {`x = { add: ^make(1), b: (c) => 1 }`, ""},
		"a value":                           {`x = { add: ^5 }`, ""},
		"cut off":                           {`x = { add: ^(c, n: number`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src, line, col := at(t, tt.src)
			fn, ok := Parse(src).Func(line, col)
			if got := shown(fn); ok != (tt.want != "") || ok && got != tt.want {
				t.Errorf("%s\n got %q, %v\nwant %q", src, got, ok, tt.want)
			}
		})
	}
}

func TestDoc(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ src, want string }{
		"of a member":             {"x = {\n  /** Adds. */\n  add: ^(c) => 1 }", "Adds."},
		"of several lines":        {"x = {\n  /**\n   * Adds.\n   *\n   * @param n how much\n   */\n  ^add(c) {} }", "Adds.\n\n@param n how much"},
		"of a variable":           {"/** Adds. */\nexport const add = ^async (c) => 1", "Adds."},
		"of a declaration":        {"/** Adds. */\nexport default ^async function add(c) {}", "Adds."},
		"a plain comment is none": {"x = {\n  /* no */ // no\n  ^add(c) {} }", ""},
		"of the one before":       {"x = {\n  /** Gets. */\n  get: (c) => 1,\n  add: ^(c) => 1 }", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src, line, col := at(t, tt.src)
			fn, ok := Parse(src).Func(line, col)
			if !ok || fn.Doc != tt.want {
				t.Errorf("%s\n got %q, %v\nwant %q", src, fn.Doc, ok, tt.want)
			}
		})
	}
}

func TestColumnsAreUTF16(t *testing.T) {
	t.Parallel()
	src := `x = { "é😀": 1, add: (c, n: number) => n }`
	fn, ok := Parse(src).Func(1, len(`x = { "é😀": 1, add: `)-3+1-1) // é is two bytes and one unit, 😀 four and two
	if !ok || shown(fn) != "add(c, n: number)" {
		t.Errorf("got %q, %v", shown(fn), ok)
	}
}

func TestSchema(t *testing.T) {
	t.Parallel()
	f := Parse(`
import { z } from "zod";
import * as v from "valibot";
const Item = z.object({ id: z.number().int().positive(), text: z.string().min(1).max(80), tag: z.enum(["a", 'b']).optional() });
const Items = z.array(Item).min(1);
const Mail = v.pipe(v.string(), v.email(), v.maxLength(30));
const User = v.object({ mail: Mail, age: v.optional(v.number()), kind: v.picklist(["x", "y"]) });
const Loop = Loop;
const Twice = z.union([Loop, Loop]);
const Odd = z.string().transform((s) => s.length);
`)
	tests := map[string]string{
		"":                            `null`,
		"string":                      `{"type":"string"}`,
		"number[]":                    `{"items":{"type":"number"},"type":"array"}`,
		"readonly string[][]":         `{"items":{"items":{"type":"string"},"type":"array"},"type":"array"}`,
		"Array<boolean | null>":       `{"items":{"anyOf":[{"type":"boolean"},{"type":"null"}]},"type":"array"}`,
		`"a" | 'b' | 3 | -1.5 | true`: `{"enum":["a","b",3,-1.5,true]}`,
		"string | undefined":          `{"type":"string"}`,
		`("a" | "b")[]`:               `{"items":{"enum":["a","b"]},"type":"array"}`,
		"null":                        `{"type":"null"}`,
		"Uint8Array":                  `{"description":"Uint8Array"}`,
		"{ a: string }":               `{"description":"{ a: string }"}`,
		"string extends A ? B : C":    `{"description":"string extends A ? B : C"}`,
		"z.infer<typeof Item>":        `{"properties":{"id":{"exclusiveMinimum":0,"type":"integer"},"tag":{"enum":["a","b"]},"text":{"maxLength":80,"minLength":1,"type":"string"}},"required":["id","text"],"type":"object"}`,
		"z.infer<typeof Items>":       `{"items":{"properties":{"id":{"exclusiveMinimum":0,"type":"integer"},"tag":{"enum":["a","b"]},"text":{"maxLength":80,"minLength":1,"type":"string"}},"required":["id","text"],"type":"object"},"minItems":1,"type":"array"}`,
		"v.InferOutput<typeof User>":  `{"properties":{"age":{"type":"number"},"kind":{"enum":["x","y"]},"mail":{"format":"email","maxLength":30,"type":"string"}},"required":["mail","kind"],"type":"object"}`,
		"z.infer<typeof Twice>":       `{"description":"z.infer\u003ctypeof Twice\u003e"}`,
		"z.infer<typeof Odd>":         `{"description":"z.infer\u003ctypeof Odd\u003e"}`,
		"z.infer<typeof Nothing>":     `{"description":"z.infer\u003ctypeof Nothing\u003e"}`,
	}
	for typ, want := range tests {
		got, err := json.Marshal(f.Schema(typ))
		if err != nil || string(got) != want {
			t.Errorf("%s\n got %s (%v)\nwant %s", typ, got, err, want)
		}
	}
}

func TestSchemaOfDefault(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1": `{"type":"number"}`, "-1": `{"type":"number"}`, `"a"`: `{"type":"string"}`, "`a`": `{"type":"string"}`, "true": `{"type":"boolean"}`,
		"1 + 2": `null`, "[]": `null`, "now()": `null`,
	} {
		if got, err := json.Marshal(SchemaOfDefault(text)); err != nil || string(got) != want {
			t.Errorf("%s: got %s (%v), want %s", text, got, err, want)
		}
	}
}

// deep are texts whose nesting or repetition could cost more than their length.
func deep() []string {
	var out []string
	for _, s := range []string{"(", "[", "{", "<", "`${", "a<", "(a: ", "(c, a = b < ", "/*", "'", "x = (", "async (", "<T extends ", "keyof ", "(A | ", "z.union([", "z.array("} {
		out = append(out, strings.Repeat(s, 20_000))
	}
	return append(out, "const a = z.union([a, a, a, a]);"+strings.Repeat("const b = z.union([a, b]);", 1000))
}

func TestDeepTextsEnd(t *testing.T) {
	t.Parallel()
	began := time.Now()
	for _, src := range deep() {
		f := Parse(src)
		f.Func(1, 1)
		f.Func(1, len(src)/2)
		f.Call(1, 1)
		f.Schema("z.infer<typeof a>")
		f.Schema(src)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
}

func FuzzFunc(f *testing.F) {
	for _, s := range deep() {
		f.Add(s[:min(len(s), 300)], 1, 3)
	}
	files, err := filepath.Glob("../../../examples/*/registry.ts")
	if err != nil || len(files) == 0 {
		f.Fatal("no examples", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), 10, 5)
	}
	f.Fuzz(func(t *testing.T, src string, line, col int) {
		file := Parse(src)
		for _, tok := range file.tokens {
			if tok.from < 0 || tok.to <= tok.from || tok.to > len(src) {
				t.Fatalf("token %+v of %d bytes", tok, len(src))
			}
		}
		if fn, ok := file.Func(line, col); ok {
			for _, p := range fn.Params {
				file.Schema(p.Type)
				SchemaOfDefault(p.Default)
				if p.Name == "" {
					t.Errorf("a parameter without a name: %+v", fn)
				}
			}
		}
		file.Call(line, col)
		file.Schema(src)
	})
}
