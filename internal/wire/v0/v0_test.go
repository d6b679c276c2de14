package v0

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

func object(kv ...any) *value.Object {
	o := &value.Object{}
	for i := 0; i < len(kv); i += 2 {
		o.Set(kv[i].(string), kv[i+1])
	}
	return o
}

func must(t testing.TB) func([]byte, error) []byte {
	return func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The exchanges of section 16, byte for byte.
func TestExchangesAreWrittenByteForByte(t *testing.T) {
	ok := must(t)
	one, und := int64(1), value.Undefined{}
	bad := ErrorBody{Code: "bad_code", Message: "bad thing", Metadata: object("x", 1.0)}
	masked, status := Mask(errors.New("secret"), false)
	if status != 500 {
		t.Errorf("masked status = %d, want 500", status)
	}
	bin := func(s string) string { return string(unhex(t, s)) }
	event := "b900016162b90001626576b90002616e686e6577436f756e7461618111"
	tests := map[string]struct{ got, want string }{
		"1 resolve":              {string(AppendResolved(nil, JSON, "704e99e868244ebb")), `{"i":"704e99e868244ebb"}`},
		"2 action request json":  {string(ok(AppendActionRequest(nil, JSON, []value.Value{3.0}))), `{"a":[3]}`},
		"2 action json":          {string(ok(AppendActionResponse(nil, JSON, 3.0))), `{"o":3}`},
		"2 undefined json":       {string(ok(AppendActionResponse(nil, JSON, und))), `{}`},
		"3 action request cbor":  {string(ok(AppendActionRequest(nil, CBOR, []value.Value{2.0}))), bin("b9000161618102")},
		"3 action cbor":          {string(ok(AppendActionResponse(nil, CBOR, 12.0))), bin("b90001616f0c")},
		"3 undefined cbor":       {string(ok(AppendActionResponse(nil, CBOR, und))), bin("b90000")},
		"4 user error":           {string(AppendErrorBody(nil, JSON, bad)), `{"c":"bad_code","m":"bad thing","md":{"x":1}}`},
		"4 internal":             {string(AppendErrorBody(nil, JSON, masked)), `{"c":"internal_error","m":"Internal error. Read the server logs for more details.","md":{}}`},
		"5 init":                 {string(AppendInit(nil, JSON, "4a3a3f6499e3f82f", "80b0379a-7e3f-4983-8d4e-1ef5a54ca4c0", "kM/UWUbgpNrjx/f3ZEIlQIHiG7I3rEqVuE5pdza8aFM=")), `{"b":{"i":{"ai":"4a3a3f6499e3f82f","ci":"80b0379a-7e3f-4983-8d4e-1ef5a54ca4c0","ct":"kM/UWUbgpNrjx/f3ZEIlQIHiG7I3rEqVuE5pdza8aFM="}}}`},
		"5 subscribe":            {string(AppendSubscription(nil, JSON, "newCount", true)), `{"b":{"sr":{"e":"newCount","s":true}}}`},
		"5 increment":            {string(ok(AppendAction(nil, JSON, 0, "increment", []value.Value{5.0}))), `{"b":{"ar":{"i":0,"n":"increment","a":[5]}}}`},
		"5 event":                {string(ok(AppendEvent(nil, JSON, "newCount", []value.Value{17.0}))), `{"b":{"ev":{"n":"newCount","a":[17]}}}`},
		"5 result":               {string(ok(AppendResult(nil, JSON, 0, 17.0))), `{"b":{"ar":{"i":0,"o":17}}}`},
		"5 result undefined":     {string(ok(AppendResult(nil, JSON, 7, und))), `{"b":{"ar":{"i":7}}}`},
		"5 fail":                 {string(ok(AppendAction(nil, JSON, 1, "fail", nil))), `{"b":{"ar":{"i":1,"n":"fail","a":[]}}}`},
		"5 error":                {string(AppendError(nil, JSON, bad, &one)), `{"b":{"e":{"c":"bad_code","m":"bad thing","md":{"x":1},"ai":1}}}`},
		"6 subscribe":            {string(AppendSubscription(nil, CBOR, "newCount", true)), bin("b900016162b90001627372b900026165686e6577436f756e746173f5")},
		"6 increment":            {string(ok(AppendAction(nil, CBOR, 0, "increment", []value.Value{5.0}))), bin("b900016162b90001626172b90003616900616e69696e6372656d656e7461618105")},
		"6 event":                {string(ok(AppendEvent(nil, CBOR, "newCount", []value.Value{17.0}))), bin(event)},
		"6 result":               {string(ok(AppendResult(nil, CBOR, 0, 17.0))), bin("b900016162b90001626172b90002616900616f11")},
		"7 sse event":            {base64.StdEncoding.EncodeToString(unhex(t, event)), "uQABYWK5AAFiZXa5AAJhbmhuZXdDb3VudGFhgRE="},
		"8 handshake":            {AppendOffer(nil, `{"getOrCreateForKey":{"name":"counter","key":["cl","jsonwebsocket"],"input":{"start":10}}}`, JSON, `{"tok":"x"}`)[0], "query.%7B%22getOrCreateForKey%22%3A%7B%22name%22%3A%22counter%22%2C%22key%22%3A%5B%22cl%22%2C%22jsonwebsocket%22%5D%2C%22input%22%3A%7B%22start%22%3A10%7D%7D%7D"},
		"heartbeat json":         {string(AppendHeartbeat(nil, JSON)), `{"b":{"hb":1}}`},
		"heartbeat cbor":         {string(AppendHeartbeat(nil, CBOR)), bin("b900016162b9000162686201")},
		"error without metadata": {string(AppendErrorBody(nil, JSON, ErrorBody{"c", "m", und})), `{"c":"c","m":"m"}`},
		"metadata JSON can't":    {string(AppendErrorBody(nil, JSON, ErrorBody{"c", "m", big.NewInt(1)})), `{"c":"c","m":"m"}`},
		"id beyond 32 bits":      {string(ok(AppendResult(nil, CBOR, 1<<32, und))), bin("b900016162b90001626172b900016169fb41f0000000000000")},
		"missing header":         {string(MissingHeaders("X-RivetKit-Query")), `{"success":false,"error":{"issues":[{"code":"invalid_type","expected":"string","received":"undefined","path":["X-RivetKit-Query"],"message":"Required"}],"name":"ZodError"}}`},
	}
	for name, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", name, tt.got, tt.want)
		}
	}
}

// Exchange 10: what a cbor client sends and gets back.
func TestArgumentsOfAnEchoAreReadAsSent(t *testing.T) {
	body := append([]byte("\xb9\x00\x01aa"), unhex(t, "88 01 6173 f5 f6 f7 c11a00000000 83fb3ff8000000000000fb41f000000000000024 b900016161b90001616201")...)
	args, err := ParseActionRequest(CBOR, body)
	if err != nil {
		t.Fatal(err)
	}
	want := []value.Value{1.0, "s", true, nil, value.Undefined{}, value.Date(0),
		&value.Array{Items: []value.Value{1.5, 4294967296.0, -5.0}}, object("a", object("b", 1.0))}
	if !reflect.DeepEqual(args, want) {
		t.Errorf("got %#v\nwant %#v", args, want)
	}
	for _, s := range []string{"a161618107", "bf61618107ff"} {
		if args, err := ParseActionRequest(CBOR, unhex(t, s)); err != nil || len(args) != 1 || args[0] != 7.0 {
			t.Errorf("%s: got %v, %v; want [7]", s, args, err)
		}
	}
}

func TestParsersKeepNothingOfTheirInput(t *testing.T) {
	data := must(t)(AppendAction(nil, CBOR, 3, "save", []value.Value{&value.Bytes{Kind: value.Uint8Array, Data: []byte("abc")}, "text"}))
	m, err := ParseToServer(CBOR, data)
	if err != nil {
		t.Fatal(err)
	}
	clear(data)
	if m.Name != "save" || string(m.Args[0].(*value.Bytes).Data) != "abc" || m.Args[1] != "text" {
		t.Errorf("got %+v after its input was overwritten", m)
	}
}

func TestParseToServer(t *testing.T) {
	act := func(id int64, name string, args ...value.Value) ToServer {
		return ToServer{IsAction: true, ID: id, Name: name, Args: args}
	}
	tests := map[string]struct {
		in   string
		want ToServer
		err  string
	}{
		"usual":                {in: `{"b":{"ar":{"i":12,"n":"x","a":[1]}}}`, want: act(12, "x", 1.0)},
		"other order, spaces":  {in: ` {"b" : {"ar": {"a":[], "n":"x", "i":0}}, "z":1}`, want: act(0, "x")},
		"escaped name":         {in: `{"b":{"ar":{"i":1,"n":"\u0078","a":[]}}}`, want: act(1, "x")},
		"member after args":    {in: `{"b":{"ar":{"i":1,"n":"x","a":[],"q":2}}}`, want: act(1, "x")},
		"subscribe":            {in: `{"b":{"sr":{"e":"ev","s":false}}}`, want: ToServer{Name: "ev"}},
		"not JSON":             {in: `{"b":`, err: "internal_error"},
		"text after the value": {in: `{"b":{"ar":{"i":1,"n":"x","a":[]}}}}`, err: "internal_error"},
		"empty":                {in: ``, err: "internal_error"},
		"no b":                 {in: `{}`, err: "malformed_message: Malformed message: `b`: expected an object, received undefined"},
		"array":                {in: `[]`, err: "malformed_message: Malformed message: expected an object, received array"},
		"neither":              {in: `{"b":{}}`, err: "malformed_message: Malformed message: `b` has neither `ar` nor `sr`"},
		"no args":              {in: `{"b":{"ar":{"i":1,"n":"x"}}}`, err: "malformed_message: Malformed message: `ar.a`: expected an array, received undefined"},
		"args no array":        {in: `{"b":{"ar":{"i":1,"n":"x","a":{}}}}`, err: "malformed_message: Malformed message: `ar.a`: expected an array, received object"},
		"id a fraction":        {in: `{"b":{"ar":{"i":1.5,"n":"x","a":[]}}}`, err: "malformed_message: Malformed message: `ar.i`: expected an integer, received number"},
		"id a string":          {in: `{"b":{"ar":{"i":"1","n":"x","a":[]}}}`, err: "malformed_message: Malformed message: `ar.i`: expected an integer, received string"},
		"leading zero":         {in: `{"b":{"ar":{"i":01,"n":"x","a":[]}}}`, err: "internal_error"},
		"name null":            {in: `{"b":{"ar":{"i":1,"n":null,"a":[]}}}`, err: "malformed_message: Malformed message: `ar.n`: expected a string, received null"},
		"subscribe with 1":     {in: `{"b":{"sr":{"e":"ev","s":1}}}`, err: "malformed_message: Malformed message: `sr.s`: expected a boolean, received number"},
		"ar a number":          {in: `{"b":{"ar":3}}`, err: "malformed_message: Malformed message: `ar`: expected an object, received number"},
		"sr null":              {in: `{"b":{"sr":null}}`, err: "malformed_message: Malformed message: `sr`: expected an object, received null"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseToServer(JSON, []byte(tt.in))
			check(t, tt.in, got, tt.want, err, tt.err)
			v, jsonErr := value.ParseJSON([]byte(tt.in))
			if jsonErr != nil {
				return
			}
			data := must(t)(value.AppendCBOR(nil, v)) // the same over CBOR
			got, err = ParseToServer(CBOR, data)
			check(t, hex.EncodeToString(data), got, tt.want, err, tt.err)
		})
	}
	for name, in := range map[string]string{"cut": "b900016162b900", "empty": "", "tail": "b9000000", "cut in text": "b900016162b90001626172b9000361690061 6e6f69"} {
		if _, err := ParseToServer(CBOR, unhex(t, in)); !errs.Is(err, errs.MalformedMessage) {
			t.Errorf("%s: err = %v, want malformed_message", name, err)
		}
	}
}

func check(t *testing.T, in string, got, want ToServer, err error, wantErr string) {
	t.Helper()
	if wantErr != "" {
		if err == nil || !strings.HasPrefix(err.Error(), wantErr) {
			t.Errorf("ParseToServer(%q) error = %v, want %s", in, err, wantErr)
		}
		return
	}
	if err != nil || got.IsAction != want.IsAction || got.ID != want.ID || got.Name != want.Name ||
		got.On != want.On || len(got.Args) != len(want.Args) {
		t.Errorf("ParseToServer(%q) = %+v, %v; want %+v", in, got, err, want)
	}
}

func TestParseQuery(t *testing.T) {
	long := strings.Repeat("x", 128)
	tests := map[string]struct {
		in   string
		want Query
		err  string
	}{
		"id":            {in: `{"getForId":{"actorId":"abc"}}`, want: Query{Kind: GetForID, ActorID: "abc"}},
		"key":           {in: `{"getForKey":{"name":"n","key":["a","b"]}}`, want: Query{Kind: GetForKey, Name: "n", Key: []string{"a", "b"}}},
		"string as key": {in: `{"getForKey":{"name":"n","key":"a/b"}}`, want: Query{Kind: GetForKey, Name: "n", Key: []string{"a/b"}}},
		"empty key":     {in: `{"getOrCreateForKey":{"name":"n","key":[]}}`, want: Query{Kind: GetOrCreate, Name: "n", Key: []string{}}},
		"input, region": {in: `{"create":{"name":"n","key":["k"],"input":7,"region":"x","more":1}}`, want: Query{Kind: Create, Name: "n", Key: []string{"k"}, Input: 7.0, Region: "x"}},
		"128 units":     {in: `{"getForKey":{"name":"n","key":["` + long + `"]}}`, want: Query{Kind: GetForKey, Name: "n", Key: []string{long}}},
		"129 units":     {in: `{"getForKey":{"name":"n","key":["a","` + strings.Repeat("😀", 64) + `x"]}}`, err: "String must contain at most 128 character(s)"},
		"not JSON":      {in: `{`, err: "invalid_query_json: Invalid query JSON: SyntaxError: "},
		"no kind":       {in: `{"x":1}`, err: "exactly one of getForId, getForKey, getOrCreateForKey, create"},
		"two kinds":     {in: `{"getForId":{"actorId":"a"},"create":{"name":"n","key":[]}}`, err: "exactly one of"},
		"array":         {in: `[]`, err: "Expected object, received array"},
		"kind null":     {in: `{"getForId":null}`, err: "Expected object, received null"},
		"no name":       {in: `{"getForKey":{"key":[]}}`, err: "\"path\": [\n      \"getForKey\",\n      \"name\"\n    ],\n    \"message\": \"Required\""},
		"no key":        {in: `{"getForKey":{"name":"n"}}`, err: `"expected": "array"`},
		"number in key": {in: `{"getForKey":{"name":"n","key":["a",3]}}`, err: "\"key\",\n      1\n"},
		"id a number":   {in: `{"getForId":{"actorId":4}}`, err: "Expected string, received number"},
		"region object": {in: `{"create":{"name":"n","key":[],"region":{}}}`, err: "Expected string, received object"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.want.Input == nil {
				tt.want.Input = value.Undefined{}
			}
			got, err := ParseQuery(tt.in)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) || !strings.HasPrefix(errs.As(err).Msg, "Invalid ") {
					t.Errorf("ParseQuery(%q) error = %v, want %q", tt.in, err, tt.err)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Fatalf("ParseQuery(%q) = %+v, %v; want %+v", tt.in, got, err, tt.want)
			}
			back, err := ParseQuery(string(must(t)(AppendQuery(nil, got))))
			if err != nil || !reflect.DeepEqual(got, back) {
				t.Errorf("written and read again: %+v, %v; want %+v", back, err, got)
			}
		})
	}
}

func TestOffers(t *testing.T) {
	query := `{"getForKey":{"name":"(é)","key":["a b","😀"]}}`
	list := AppendOffer(nil, query, CBOR, `{"t":"(x)"}`)
	o := ParseOffer([]string{strings.Join(list, ", ")})
	if o.Query != query || o.Encoding != CBOR || !o.EncodingOK || o.Params != `{"t":"(x)"}` || o.Selected != Subprotocol {
		t.Errorf("got %+v", o)
	}
	if q, params, err := o.Request(); err != nil || q.Name != "(é)" || params == nil {
		t.Errorf("Request = %+v, %v, %v", q, params, err)
	}
	tests := map[string]struct {
		headers  []string
		selected string
		code     errs.Code
	}{
		"nothing":         {nil, "", errs.InvalidQueryJSON},
		"no query":        {[]string{"encoding.json"}, "encoding.json", errs.InvalidQueryJSON},
		"bad query":       {[]string{"query.%7B", "encoding.json"}, "query.%7B", errs.InvalidQueryJSON},
		"bad escape":      {[]string{"query.%7", "encoding.json"}, "query.%7", errs.InvalidQueryJSON},
		"wrong shape":     {[]string{"query.%7B%7D,encoding.json,rivetkit"}, "rivetkit", errs.InvalidRequest},
		"no encoding":     {list[:1], list[0], errs.InvalidRequest},
		"odd encoding":    {[]string{list[0], "encoding.xml"}, list[0], errs.InvalidRequest},
		"bad params":      {[]string{list[0], "encoding.json, conn_params.%7B"}, list[0], errs.InvalidParams},
		"users' protocol": {[]string{list[0] + ",encoding.json,chat"}, "chat", ""},
		"heartbeats":      {[]string{list[0] + ",encoding.json,rivetkit,rivet-hb"}, "rivetkit", ""},
	}
	for name, tt := range tests {
		o := ParseOffer(tt.headers)
		_, _, err := o.Request()
		if o.Selected != tt.selected || errs.CodeOf(err) != tt.code {
			t.Errorf("%s: selected %q, error %v; want %q, %s", name, o.Selected, err, tt.selected, tt.code)
		}
	}
}

func TestMatch(t *testing.T) {
	tests := map[string]struct {
		route Route
		arg   string
	}{
		"":                                {RouteBanner, ""},
		"/":                               {RouteNone, ""},
		"/health":                         {RouteHealth, ""},
		"/actors/resolve":                 {RouteResolve, ""},
		"/actors/resolve/":                {RouteNone, ""},
		"/actors/actions/say%20hi%2Fyou":  {RouteAction, "say hi/you"},
		"/actors/actions/":                {RouteNone, ""},
		"/actors/actions/a/b":             {RouteNone, ""},
		"/actors/message":                 {RouteMessage, ""},
		"/actors/connect/websocket":       {RouteWebSocket, ""},
		"/actors/connect/sse":             {RouteSSE, ""},
		"/actors/raw/http":                {RouteRawHTTP, "/"},
		"/actors/raw/http/":               {RouteRawHTTP, "/"},
		"/actors/raw/http/a%20b/c":        {RouteRawHTTP, "/a%20b/c"},
		"/actors/raw/http/a/raw/http/b":   {RouteRawHTTP, "/a/raw/http/b"},
		"/actors/counter/raw/http/api":    {RouteRawHTTP, "/api"},
		"/actors/counter/raw/websocket/x": {RouteRawWebSocket, "/x"},
		"/actors/raw/websocket/":          {RouteRawWebSocket, "/"},
		"/actors/counter/ws/":             {RouteRawWebSocket, "/"},
		"/actors/counter/ws":              {RouteNone, ""},
		"/actors/counter":                 {RouteNone, ""},
		"/actors":                         {RouteNone, ""},
		"/inspect/ping":                   {RouteInspect, "/inspect/ping"},
		"/actors/inspect/state":           {RouteInspectActor, "/actors/inspect/state"},
	}
	for path, tt := range tests {
		if r, arg := Match(path); r != tt.route || arg != tt.arg {
			t.Errorf("Match(%q) = %d, %q; want %d, %q", path, r, arg, tt.route, tt.arg)
		}
	}
}

func TestOnlyPublicErrorsAreTold(t *testing.T) {
	hidden := errs.Wrap(errs.StateNotEnabled, errors.New("cause"), "State not enabled.")
	if b, status := Mask(hidden, false); b.Code != "internal_error" || b.Message != MaskedMessage || status != 500 {
		t.Errorf("public caller: %+v, %d", b, status)
	}
	if b, status := Mask(hidden, true); b.Code != "state_not_enabled" || b.Message != "State not enabled." || status != 500 {
		t.Errorf("server-side caller: %+v, %d", b, status)
	}
	for code, want := range map[errs.Code]int{errs.User: 400, "own": 400, errs.Unauthorized: 401, errs.Forbidden: 403,
		errs.FetchNotDefined: 404, errs.InvalidFetchResponse: 500, errs.ActorOverloaded: 503, errs.ActorNotFound: 400} {
		if _, status := Mask(errs.New(code, "m"), false); status != want {
			t.Errorf("%s: status %d, want %d", code, status, want)
		}
	}
}

func TestActionBodiesThatAreRefused(t *testing.T) {
	tests := map[string]struct {
		enc  Encoding
		body string
		msg  string
	}{
		"not JSON":   {JSON, "{", "Invalid JSON: "},
		"empty":      {JSON, "", "Invalid JSON: "},
		"array":      {JSON, "[1]", "Invalid schema: Error: Invalid action request format"},
		"no args":    {JSON, "{}", "Invalid schema: Error: Invalid action request format"},
		"args null":  {JSON, `{"a":null}`, "Invalid schema: Error: Invalid action request format"},
		"not CBOR":   {CBOR, "\xff", "Invalid binary format: "},
		"empty CBOR": {CBOR, "", "Invalid binary format: "},
	}
	for name, tt := range tests {
		if _, err := ParseActionRequest(tt.enc, []byte(tt.body)); !errs.Is(err, errs.InvalidActionRequest) || !strings.HasPrefix(errs.As(err).Msg, tt.msg) {
			t.Errorf("%s: %v, want %q", name, err, tt.msg)
		}
	}
	if _, err := ParseMessage(JSON, []byte("{")); errs.As(err).Msg != "Invalid request: Invalid JSON" {
		t.Errorf("message that is no JSON: %v", err)
	}
	if _, err := ParseMessage(CBOR, []byte{0xff}); !strings.HasPrefix(errs.As(err).Msg, "Invalid request: Invalid binary format: ") {
		t.Errorf("message that is no CBOR: %v", err)
	}
}

func TestTextReadsLatin1(t *testing.T) {
	for in, want := range map[string]string{"a": "a", "\xeb": "ë", "ë": "ë", "\xe9\xe8": "éè", "日": "日"} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
	if n := UTF16Len("a€😀"); n != 4 {
		t.Errorf("UTF16Len = %d, want 4", n)
	}
}

func TestClientReadsWhatTheServerWrites(t *testing.T) {
	for _, enc := range []Encoding{JSON, CBOR} {
		ok, two := must(t), int64(2)
		frames := [][]byte{
			AppendInit(nil, enc, "a", "c", "t"),
			AppendError(nil, enc, ErrorBody{"code", "é\n", object("x", "y")}, &two),
			ok(AppendResult(nil, enc, 2, "out")),
			ok(AppendEvent(nil, enc, "né", []value.Value{"a", nil})),
			AppendHeartbeat(nil, enc),
		}
		want := []ToClient{
			{Init: &InitFrame{"a", "c", "t"}},
			{Error: &ErrorFrame{ErrorBody{"code", "é\n", object("x", "y")}, 2, true}},
			{Result: &ResultFrame{2, "out"}},
			{Event: &EventFrame{"né", []value.Value{"a", nil}}},
			{Beat: true},
		}
		for i, f := range frames {
			if got, err := ParseToClient(enc, f); err != nil || !reflect.DeepEqual(got, want[i]) {
				t.Errorf("%s frame %d: %+v, %v", enc, i, got, err)
			}
		}
		if id, err := ParseResolved(enc, AppendResolved(nil, enc, "id")); id != "id" || err != nil {
			t.Errorf("resolved: %q, %v", id, err)
		}
		if v, err := ParseActionResponse(enc, ok(AppendActionResponse(nil, enc, value.Undefined{}))); v != (value.Undefined{}) || err != nil {
			t.Errorf("response: %v, %v", v, err)
		}
	}
}

func FuzzParseToServer(f *testing.F) {
	f.Add(false, []byte(`{"b":{"ar":{"i":0,"n":"increment","a":[5]}}}`))
	f.Add(false, []byte(`{"b":{"sr":{"e":"newCount","s":true}}}`))
	f.Add(true, must(f)(AppendAction(nil, CBOR, 0, "increment", []value.Value{5.0})))
	f.Add(true, AppendSubscription(nil, CBOR, "newCount", true))
	f.Fuzz(func(t *testing.T, binary bool, data []byte) {
		enc := JSON
		if binary {
			enc = CBOR
		}
		before := bytes.Clone(data)
		fast, ok := parseUsual(enc, data)
		m, err := ParseToServer(enc, data)
		if !bytes.Equal(before, data) {
			t.Fatal("the input was changed")
		}
		if ok {
			// The short way and the long way agree.
			v, err := parse(enc, data)
			if err != nil {
				t.Fatalf("the usual form took %q, which is malformed: %v", data, err)
			}
			body, _ := member(v, "b")
			slow, err := parseAction(get(body, "ar"))
			if err != nil || slow.ID != fast.ID || slow.Name != fast.Name || len(slow.Args) != len(fast.Args) {
				t.Fatalf("%q: usual %+v, general %+v, %v", data, fast, slow, err)
			}
		}
		if err == nil && m.IsAction {
			if again, err := AppendAction(nil, CBOR, m.ID, m.Name, m.Args); err == nil {
				if back, err := ParseToServer(CBOR, again); err != nil || back.Name != m.Name || back.ID != m.ID {
					t.Fatalf("%x: %+v, %v; want %+v", again, back, err, m)
				}
			}
		}
	})
}

func FuzzParseQuery(f *testing.F) {
	f.Add(`{"getForId":{"actorId":"abc"}}`)
	f.Add(`{"create":{"name":"n","key":["k"],"input":7,"region":"x"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		q, err := ParseQuery(text)
		if err != nil {
			return
		}
		again, err := AppendQuery(nil, q)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := ParseQuery(string(again)); err != nil || !reflect.DeepEqual(back, q) {
			t.Fatalf("%s: %+v, %v; want %+v", again, back, err, q)
		}
	})
}

func FuzzParseOffer(f *testing.F) {
	f.Add("query.%7B%7D, encoding.json, conn_params.1, rivetkit")
	f.Fuzz(func(t *testing.T, header string) {
		o := ParseOffer([]string{header})
		_, _, _ = o.Request()
		if o.Selected != "" && !strings.Contains(header, o.Selected) {
			t.Fatalf("selected %q, which wasn't offered in %q", o.Selected, header)
		}
	})
}

func BenchmarkParseAction(b *testing.B) {
	for _, enc := range []Encoding{JSON, CBOR} {
		data := must(b)(AppendAction(nil, enc, 12345, "increment", []value.Value{5.0}))
		b.Run(enc.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParseToServer(enc, data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppendResult(b *testing.B) {
	for _, enc := range []Encoding{JSON, CBOR} {
		b.Run(enc.String(), func(b *testing.B) {
			buf, out := make([]byte, 0, 256), value.Value(17.0)
			b.ReportAllocs()
			for b.Loop() {
				buf, _ = AppendResult(buf[:0], enc, 12345, out)
			}
		})
	}
}
