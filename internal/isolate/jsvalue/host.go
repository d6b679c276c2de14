package jsvalue

import (
	"reflect"
	"strings"
	"sync"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/value"
)

// symHost marks the prototypes of what isn't data though it looks like an
// object without members: URL, Request, Headers, connections …
var symHost = goja.NewSymbol("rivet.host")

// MarkHost says that the instances of a class are the host's: they are behind
// their members, in private fields.
func MarkHost(proto *goja.Object) {
	_ = proto.DefineDataPropertySymbol(symHost, goja.Null(), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
}

// IsHost reports whether o, an object with a prototype of its own, is the host's.
func IsHost(o *goja.Object) bool {
	if o.GetSymbol(symHost) != nil {
		return true
	}
	tag, ok := o.GetSymbol(goja.SymToStringTag).(goja.String)
	return ok && (strings.HasPrefix(tag.String(), "Intl.") || strings.HasSuffix(tag.String(), " Iterator"))
}

// Extra are the names of o's own enumerable members beside what its class
// stands for: an array's other than its elements, those of a Map.
func Extra(o *goja.Object, c Class) (names []string) {
	own := 0 // that its class has
	switch c {
	case Array, RegExp: // length, lastIndex
		own = 1
	}
	if n, ok := named(o); ok && n <= own {
		return nil
	}
	for _, k := range o.Keys() {
		if _, index := value.ArrayIndex(k); !index || c != Array && c != Bytes {
			names = append(names, k)
		}
	}
	return names
}

// named is how many members o has by a name, which an array of a million
// elements tells at once. It reads a field of goja's by its name; without it
// the answer takes as long as there are elements.
func named(o *goja.Object) (n int, ok bool) {
	self := reflect.ValueOf(o).Elem().FieldByName("self")
	if !self.IsValid() || self.IsNil() {
		return 0, false
	}
	impl := self.Elem()
	if impl.Kind() != reflect.Pointer || impl.Elem().Kind() != reflect.Struct {
		return 0, false
	}
	at, known := propNames.Load(impl.Type())
	if !known {
		f, _ := impl.Elem().Type().FieldByName("propNames")
		if f.Type == nil || f.Type.Kind() != reflect.Slice {
			f.Index = nil
		}
		at, _ = propNames.LoadOrStore(impl.Type(), f.Index)
	}
	index, _ := at.([]int)
	if index == nil {
		return 0, false
	}
	return impl.Elem().FieldByIndex(index).Len(), true
}

var propNames sync.Map // reflect.Type of an object's inner struct → where its names are

// article puts a or an before a word.
func article(word string) string {
	if word != "" && strings.ContainsRune("AEIOaeio", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

// Named is a thing of a class, as a message says it.
func Named(o *goja.Object) string { return article(ClassName(o)) }
