package v0

import (
	"bytes"
	"math"
	"math/big"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// ToServer is one message of a client: an action, or a subscription.
type ToServer struct {
	IsAction bool
	ID       int64         // of the action, chosen by the client
	Name     string        // of the action or event
	Args     []value.Value // of the action
	On       bool          // subscribe, or unsubscribe
}

// ParseToServer reads one message. Text that isn't JSON is an internal error,
// all other mistakes are malformed_message. data is not kept.
func ParseToServer(enc Encoding, data []byte) (ToServer, error) {
	if m, ok := parseUsual(enc, data); ok {
		return m, nil
	}
	v, err := parse(enc, data)
	if err != nil {
		if enc == JSON {
			return ToServer{}, errs.Wrap(errs.Internal, err, "message is not JSON")
		}
		return ToServer{}, Malformed("%v", err)
	}
	body, err := member(v, "b")
	if err != nil {
		return ToServer{}, err
	}
	if ar, ok := body.Get("ar"); ok {
		return parseAction(ar)
	}
	if sr, ok := body.Get("sr"); ok {
		return parseSubscription(sr)
	}
	return ToServer{}, Malformed("`b` has neither `ar` nor `sr`")
}

// member is v's member called name, which is to be an object.
func member(v value.Value, name string) (*value.Object, error) {
	o, ok := v.(*value.Object)
	if !ok {
		return nil, Malformed("expected an object, received %s", typeName(v))
	}
	m, ok := o.Get(name)
	if !ok {
		m = value.Undefined{}
	}
	body, ok := m.(*value.Object)
	if !ok {
		return nil, Malformed("`%s`: expected an object, received %s", name, typeName(m))
	}
	return body, nil
}

func parseAction(v value.Value) (ToServer, error) {
	m := ToServer{IsAction: true}
	o, ok := v.(*value.Object)
	if !ok {
		return m, Malformed("`ar`: expected an object, received %s", typeName(v))
	}
	id, ok := get(o, "i"), false
	if m.ID, ok = integer(id); !ok {
		return m, Malformed("`ar.i`: expected an integer, received %s", typeName(id))
	}
	name := get(o, "n")
	if m.Name, ok = name.(string); !ok {
		return m, Malformed("`ar.n`: expected a string, received %s", typeName(name))
	}
	args := get(o, "a")
	list, ok := args.(*value.Array)
	if !ok {
		return m, Malformed("`ar.a`: expected an array, received %s", typeName(args))
	}
	m.Args = list.Items
	return m, nil
}

func parseSubscription(v value.Value) (ToServer, error) {
	var m ToServer
	o, ok := v.(*value.Object)
	if !ok {
		return m, Malformed("`sr`: expected an object, received %s", typeName(v))
	}
	event := get(o, "e")
	if m.Name, ok = event.(string); !ok {
		return m, Malformed("`sr.e`: expected a string, received %s", typeName(event))
	}
	on := get(o, "s")
	if m.On, ok = on.(bool); !ok {
		return m, Malformed("`sr.s`: expected a boolean, received %s", typeName(on))
	}
	return m, nil
}

// get is o's member, Undefined when absent.
func get(o *value.Object, name string) value.Value {
	if v, ok := o.Get(name); ok {
		return v
	}
	return value.Undefined{}
}

// integer is v as an integer that a float64 holds exactly.
func integer(v value.Value) (int64, bool) {
	switch v := v.(type) {
	case float64:
		if v == math.Trunc(v) && math.Abs(v) <= 1<<53 {
			return int64(v), true
		}
	case *big.Int:
		if v.IsInt64() && v.BitLen() <= 53 {
			return v.Int64(), true
		}
	}
	return 0, false
}

// The form that clients write: {"b":{"ar":{"i":…,"n":…,"a":[…]}}} with members
// in this order.
const (
	usualJSON = `{"b":{"ar":{"i":`
	usualCBOR = "\xb9\x00\x01ab\xb9\x00\x01bar\xb9\x00\x03ai"
)

// parseUsual reads an action in the usual form: only its arguments are parsed
// as values. Whatever it doesn't know is left to the general parser.
func parseUsual(enc Encoding, data []byte) (m ToServer, ok bool) {
	var args []byte
	if enc == CBOR {
		args, ok = usualBinary(&m, data)
	} else {
		args, ok = usualText(&m, data)
	}
	if !ok {
		return m, false
	}
	v, err := parse(enc, args)
	if err != nil {
		return m, false
	}
	list, ok := v.(*value.Array)
	if !ok {
		return m, false
	}
	m.IsAction, m.Args = true, list.Items
	return m, true
}

func usualText(m *ToServer, data []byte) (args []byte, ok bool) {
	rest, ok := bytes.CutPrefix(data, []byte(usualJSON))
	if !ok {
		return nil, false
	}
	n := 0
	for n < len(rest) && n < 15 && rest[n]-'0' < 10 {
		m.ID = m.ID*10 + int64(rest[n]-'0')
		n++
	}
	if n == 0 || (n > 1 && rest[0] == '0') {
		return nil, false
	}
	rest, ok = bytes.CutPrefix(rest[n:], []byte(`,"n":"`))
	if !ok {
		return nil, false
	}
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		return nil, false
	}
	for _, c := range rest[:end] {
		if c < 0x20 || c >= 0x7f || c == '\\' {
			return nil, false
		}
	}
	m.Name = string(rest[:end])
	rest, ok = bytes.CutPrefix(rest[end:], []byte(`","a":`))
	if !ok {
		return nil, false
	}
	return bytes.CutSuffix(rest, []byte("}}}"))
}

func usualBinary(m *ToServer, data []byte) (args []byte, ok bool) {
	rest, ok := bytes.CutPrefix(data, []byte(usualCBOR))
	if !ok {
		return nil, false
	}
	id, rest, ok := cborHead(rest, 0x00)
	if !ok {
		return nil, false
	}
	m.ID = int64(id)
	if rest, ok = bytes.CutPrefix(rest, []byte("an")); !ok {
		return nil, false
	}
	n, rest, ok := cborHead(rest, 0x60)
	if !ok || int64(n) > int64(len(rest)) {
		return nil, false
	}
	for _, c := range rest[:n] {
		if c >= 0x80 {
			return nil, false
		}
	}
	m.Name = string(rest[:n])
	return bytes.CutPrefix(rest[n:], []byte("aa"))
}

// cborHead reads the head of an item of that major type.
func cborHead(b []byte, major byte) (n uint32, rest []byte, ok bool) {
	if len(b) == 0 || b[0]&0xe0 != major {
		return 0, b, false
	}
	info := b[0] & 0x1f
	if info < 24 {
		return uint32(info), b[1:], true
	}
	size := 0
	switch info {
	case 24:
		size = 1
	case 25:
		size = 2
	case 26:
		size = 4
	}
	if size == 0 || len(b) < 1+size {
		return 0, b, false
	}
	for _, c := range b[1 : 1+size] {
		n = n<<8 | uint32(c)
	}
	return n, b[1+size:], true
}

// AppendAction appends a client's action message.
func AppendAction(dst []byte, enc Encoding, id int64, name string, args []value.Value) ([]byte, error) {
	if enc == CBOR {
		dst = appendCBORText(append(appendCBORInt(append(dst, usualCBOR...), id), "an"...), name)
		return appendArgs(append(dst, "aa"...), enc, args)
	}
	dst = appendJSONText(append(appendInt(append(dst, usualJSON...), id), `,"n":`...), name)
	dst, err := appendArgs(append(dst, `,"a":`...), enc, args)
	return append(dst, "}}}"...), err
}

// AppendSubscription appends a client's wish to hear, or no longer hear, an event.
func AppendSubscription(dst []byte, enc Encoding, event string, on bool) []byte {
	if enc == CBOR {
		dst = appendCBORText(append(dst, "\xb9\x00\x01ab\xb9\x00\x01bsr\xb9\x00\x02ae"...), event)
		if on {
			return append(dst, "as\xf5"...)
		}
		return append(dst, "as\xf4"...)
	}
	dst = appendJSONText(append(dst, `{"b":{"sr":{"e":`...), event)
	if on {
		return append(dst, `,"s":true}}}`...)
	}
	return append(dst, `,"s":false}}}`...)
}
