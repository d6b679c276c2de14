package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestTotals(t *testing.T) {
	t.Parallel()
	const in = `{"Action":"pass","Package":"a","Test":"TestX/one"}
{"Action":"pass","Package":"a","Test":"TestX"}
{"Action":"output","Package":"a","Test":"TestY/two","Output":"x_test.go:1: got 1, want 2\n"}
{"Action":"fail","Package":"a","Test":"TestY/two"}
{"Action":"fail","Package":"a","Test":"TestY"}
{"Action":"output","Package":"a","Test":"TestZ","Output":"    x_test.go:9: needs node\n"}
{"Action":"output","Package":"a","Test":"TestZ","Output":"--- SKIP: TestZ (0.00s)\n"}
{"Action":"skip","Package":"a","Test":"TestZ"}
{"Action":"fail","Package":"a","Elapsed":1.5}
{"Action":"build-output","ImportPath":"b","Output":"b.go:1: no\n"}
{"Action":"fail","Package":"b"}
{"Action":"pass","Package":"c","Elapsed":0.1}
something else
`
	var out bytes.Buffer
	s := newSum()
	if err := s.read(strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	if got := s.report(&out); got != (totals{Passed: 1, Failed: 2, Skipped: 1}) {
		t.Errorf("totals %+v\n%s", got, out.String())
	}
	for _, want := range []string{"got 1, want 2", "TestZ: x_test.go:9: needs node", "b.go:1: no", "something else", "ok    c"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}
