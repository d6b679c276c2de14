package studio

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
)

func TestHelloNamesTheInstance(t *testing.T) {
	t.Parallel()
	rec := httptest.NewRecorder()
	New(Options{Instance: "i1", Version: "0.1.0"}).ServeHTTP(rec, httptest.NewRequest("GET", "/studio/api/v1/hello", nil))
	var h Hello
	if err := json.Unmarshal(rec.Body.Bytes(), &h); err != nil || h != (Hello{"i1", "0.1.0", 1}) {
		t.Fatalf("hello = %s (%v)", rec.Body, err)
	}
}

func TestUnknownPathIsAJSONError(t *testing.T) {
	t.Parallel()
	rec := httptest.NewRecorder()
	New(Options{}).ServeHTTP(rec, httptest.NewRequest("GET", "/studio/nope", nil))
	var p Problem
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != 404 || p.Error.Code != "not_found" {
		t.Fatalf("%d %s (%v)", rec.Code, rec.Body, err)
	}
}
