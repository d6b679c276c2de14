package tui

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// noon is when everything happens in tests.
func noon() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

func ago(d time.Duration) int64 { return noon().Add(-d).UnixMilli() }

// fakeServer speaks the inspector API's socket with answers that never change,
// but for what a test pushes.
type fakeServer struct {
	*httptest.Server
	mu     sync.Mutex
	data   map[string]any // by topic
	actors []inspect.Actor
	socks  map[*sock]bool
	asked  []string // requests beside the socket
	away   bool     // no socket is opened
	// meanwhile is what the first edit meets as changed by somebody else.
	meanwhile inspect.Patch
}

type sock struct {
	net.Conn
	mu   sync.Mutex
	n    uint64
	subs map[int]string // topic by id
}

func newFake(t testing.TB) *fakeServer {
	t.Helper()
	f := &fakeServer{socks: map[*sock]bool{}, data: fixture(), actors: fixtureActors()}
	mux := http.NewServeMux()
	mux.HandleFunc(inspect.Base+"/ws", f.socket)
	mux.HandleFunc("/", f.rest)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		f.hangUp()
		f.Close()
	})
	return f
}

// connect finds the fake.
func (f *fakeServer) connect(context.Context) (*client.Inspector, error) {
	return client.NewInspector(client.InspectorOptions{URL: f.URL, Token: "t"})
}

// refuse has the fake open no socket.
func (f *fakeServer) refuse(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.away = on
}

// hangUp drops every socket.
func (f *fakeServer) hangUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s := range f.socks {
		_ = s.Close()
	}
}

func (f *fakeServer) rest(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.asked = append(f.asked, r.Method+" "+r.URL.Path)
	meanwhile := f.meanwhile
	if r.Method == "PATCH" {
		f.meanwhile = nil
	}
	f.mu.Unlock()
	if r.Method == "PATCH" {
		if meanwhile != nil {
			w.WriteHeader(http.StatusConflict)
			_ = json.NewEncoder(w).Encode(inspect.Failure{Error: inspect.Error{Code: "state_conflict", Message: "The state has changed."}, Rev: 8, Patch: meanwhile})
			return
		}
		_ = json.NewEncoder(w).Encode(inspect.Edited{Rev: 8, Undo: inspect.Patch{}})
		return
	}
	if r.Method == "DELETE" || strings.HasPrefix(r.URL.Path, inspect.Base+"/schedule/") {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	for i := range f.actors {
		if r.Method == "POST" && strings.HasPrefix(r.URL.Path, inspect.Base+"/actors/"+f.actors[i].ID+"/") {
			_ = json.NewEncoder(w).Encode(f.actors[i])
			return
		}
		if r.URL.Path == inspect.Base+"/actors/"+f.actors[i].ID {
			_ = json.NewEncoder(w).Encode(f.actors[i])
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
	_ = json.NewEncoder(w).Encode(inspect.Failure{Error: inspect.Error{Code: "not_found", Message: "There is no such thing."}})
}

// requested reports whether somebody asked for it.
func (f *fakeServer) requested(what string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.asked {
		if a == what {
			return true
		}
	}
	return false
}

func (f *fakeServer) socket(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	away := f.away
	f.mu.Unlock()
	if away {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	up := ws.HTTPUpgrader{Protocol: func(p string) bool { return p == inspect.Subprotocol }}
	conn, _, _, err := up.Upgrade(r, w)
	if err != nil {
		return
	}
	s := &sock{Conn: conn, subs: map[int]string{}}
	f.mu.Lock()
	f.socks[s] = true
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.socks, s)
		f.mu.Unlock()
		_ = conn.Close()
	}()
	for {
		b, err := wsutil.ReadClientText(conn)
		if err != nil {
			return
		}
		var in inspect.ToServer
		if json.Unmarshal(b, &in) != nil {
			return
		}
		f.hear(s, &in)
	}
}

func (f *fakeServer) hear(s *sock, in *inspect.ToServer) {
	switch in.T {
	case "hello":
		s.send(&inspect.ToClient{T: "welcome", Epoch: "e", Meta: &inspect.Meta{Instance: "i", Version: "0.1.0", Protocol: 1, Project: "shop", Epoch: "i"}})
	case "sub":
		s.mu.Lock()
		s.subs[in.ID] = in.Topic
		s.mu.Unlock()
		f.mu.Lock()
		data := f.data[in.Topic]
		f.mu.Unlock()
		f.snap(s, in, data)
	case "unsub":
		s.mu.Lock()
		delete(s.subs, in.ID)
		s.mu.Unlock()
	case "window":
		s.mu.Lock()
		topic := s.subs[in.ID]
		s.mu.Unlock()
		if topic == inspect.TopicActors {
			f.snap(s, &inspect.ToServer{ID: in.ID, Topic: topic, Query: &inspect.Query{}, Window: &inspect.Window{From: in.From, To: in.To}}, nil)
		}
	}
}

func (f *fakeServer) snap(s *sock, in *inspect.ToServer, data any) {
	out := &inspect.ToClient{T: "snap", ID: in.ID, Rev: 1}
	switch in.Topic {
	case inspect.TopicActors:
		if strings.Contains(in.Query.Q, "bad:") {
			s.send(&inspect.ToClient{T: "error", ID: in.ID, Error: &inspect.Error{Code: "invalid_request", Message: "There is no field \"bad\"."}})
			return
		}
		f.mu.Lock()
		rows := actorRows{Items: []inspect.Actor{}}
		for _, a := range f.actors {
			if (in.Query.Status == "" || string(a.Status) == in.Query.Status) && matches(a, in.Query.Q) {
				rows.Items = append(rows.Items, a)
			}
		}
		f.mu.Unlock()
		rows.Total = len(rows.Items)
		rows.From = min(in.Window.From, rows.Total)
		rows.Items = rows.Items[rows.From:min(in.Window.To, rows.Total)]
		out.Total = &rows.Total
		data = rows
	case inspect.TopicActor:
		for _, a := range f.actors {
			if a.ID == in.Query.Actor {
				data = a
			}
		}
	}
	out.Data, _ = json.Marshal(data)
	s.send(out)
}

func matches(a inspect.Actor, q string) bool {
	if q == "conns:>0" {
		return a.Conns > 0
	}
	return strings.Contains(a.Type+"/"+strings.Join(a.Key, "/"), q)
}

func (s *sock) send(f *inspect.ToClient) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.T != "welcome" {
		s.n++
		f.N = s.n
	}
	b, _ := json.Marshal(f)
	_ = wsutil.WriteServerText(s.Conn, b)
}

// push sends a frame to every subscription of a topic.
func (f *fakeServer) push(topic string, frame inspect.ToClient) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s := range f.socks {
		s.mu.Lock()
		var ids []int
		for id, t := range s.subs {
			if t == topic {
				ids = append(ids, id)
			}
		}
		s.mu.Unlock()
		for _, id := range ids {
			one := frame
			one.ID = id
			s.send(&one)
		}
	}
}

// set changes what a topic is and sends it to those who watch it.
func (f *fakeServer) set(topic string, data any) {
	f.mu.Lock()
	f.data[topic] = data
	f.mu.Unlock()
	b, _ := json.Marshal(data)
	f.push(topic, inspect.ToClient{T: "snap", Rev: 1, Data: b})
}

func fixtureActors() []inspect.Actor {
	one := func(id, typ string, key []string, st inspect.Status, conns, queued int, since time.Duration) inspect.Actor {
		return inspect.Actor{ID: id, Type: typ, Key: key, Status: st, Conns: conns, Queued: queued, CreatedAt: ago(50 * time.Hour), ActiveAt: ago(since), Rev: 7, StateBytes: 2345, Version: "c0de"}
	}
	list := []inspect.Actor{
		one("a1", "cart", []string{"eu", "42"}, inspect.Awake, 2, 1, 3*time.Second),
		one("a2", "cart", []string{"us", "7"}, inspect.Sleeping, 0, 0, 49*time.Hour),
		one("a3", "order", []string{"1001"}, inspect.Failed, 0, 0, time.Hour),
		one("a4", "room", []string{"日本語の部屋"}, inspect.Awake, 1200, 33, time.Minute),
		one("a5", "room", []string{"👩‍👩‍👧 family 🇩🇪"}, inspect.Starting, 0, 0, time.Minute),
		one("a6", "room", []string{"שלום עולם"}, inspect.Sleeping, 0, 0, time.Minute),
		one("a7", "room", []string{"evil\x1b[2J\u202egnp\r\n\tx"}, inspect.Sleeping, 0, 0, time.Minute),
		one("a8", "room", []string{"cafe\u0301 e\u0301te\u0301"}, inspect.Sleeping, 0, 0, time.Minute),
		one("a9", "room", nil, inspect.Sleeping, 0, 0, time.Minute),
	}
	list[2].Errors, list[2].Error = 3, &inspect.Error{Code: "internal_error", Message: "onStart threw"}
	return list
}

func raw(s string) json.RawMessage { return json.RawMessage(s) }

func fixture() map[string]any {
	at := ago(3 * time.Second)
	return map[string]any{
		inspect.TopicBuild: inspect.Build{Status: "ready", Version: "c0de", Ms: 21, At: 1, Problems: []inspect.Problem{}},
		inspect.TopicTypes: []inspect.Type{
			{Type: "cart", Actions: []inspect.Action{{Name: "add"}, {Name: "checkout"}}, Has: []string{"state", "onAuth"}, Count: 2, File: "registry.ts", Line: 12},
			{Type: "order", Actions: []inspect.Action{{Name: "pay"}}, Has: []string{"state"}, Count: 1, File: "registry.ts", Line: 80},
			{Type: "room", Actions: []inspect.Action{{Name: "send"}}, Has: []string{"state"}, Count: 6, File: "room.ts", Line: 3},
		},
		inspect.TopicState: raw(`{"rev":7,"bytes":2345,"value":{
			"items":[{"sku":"tea","n":2},{"sku":"mug","n":1}],
			"total":41.5,"note":"line one\nline two \u001b[31mred","paid":false,"coupon":null,
			"at":{"$date":1772625600000},"big":{"$big":"12345678901234567890"},
			"by":{"$map":[["anna",1],["日本",2]]},"tags":{"$set":["a","b"]},
			"blob":{"$bytes":"AAAAAAAA","type":"Uint8Array"},"gone":{"$undef":1},"nan":{"$num":"NaN"},
			"self":{"$ref":""},"huge":{"$cut":{"kind":"array","size":100000,"bytes":5242880}}}}`),
		inspect.TopicConnections: raw(`[{"id":"c1f00d","transport":"ws","encoding":"cbor","params":{"name":"anna"},"state":{"typing":true},"subs":["added","paid"],"since":` + num(uint64(at)) + `,"sent":12,"received":3,"queueBytes":0},
			{"id":"c2beef","transport":"sse","encoding":"json","subs":[],"since":` + num(uint64(at)) + `,"sent":0,"received":0,"queueBytes":0}]`),
		inspect.TopicHistory: raw(`[
			{"seq":1,"actor":"a1","type":"cart","at":` + num(uint64(at)) + `,"us":5300,"kind":"start","trace":"1","span":"1","rev":6,"bytes":1},
			{"seq":2,"actor":"a1","type":"cart","at":` + num(uint64(at)) + `,"us":618,"kind":"action","name":"add","args":["tea",2],"output":{"n":2},"trace":"2","span":"2","rev":7,"bytes":1,"patch":[{"op":"replace","path":"/total","value":41.5}],"cause":{"via":"http"}},
			{"seq":3,"actor":"a1","type":"cart","at":` + num(uint64(at)) + `,"us":0,"kind":"event","name":"added","args":["tea"],"trace":"2","span":"2","rev":7,"bytes":1},
			{"seq":4,"actor":"a3","type":"order","at":` + num(uint64(at)) + `,"us":1200000,"kind":"action","name":"pay","args":[{"card":"\u001b]52;c;AAAA\u0007"}],"error":{"code":"declined","message":"Not enough money","at":{"file":"registry.ts","line":90,"column":11}},"trace":"3","span":"3","rev":1,"bytes":1},
			{"seq":5,"actor":"a1","type":"cart","at":` + num(uint64(at)) + `,"us":0,"kind":"log","name":"warn","message":"almost empty","trace":"4","span":"4","rev":7,"bytes":1,"source":"registry.ts:33:7"}]`),
		inspect.TopicLogs: raw(`[
			{"seq":5,"actor":"a1","type":"cart","key":["eu","42"],"at":` + num(uint64(at)) + `,"level":"warn","message":"almost empty","fields":{"left":1},"source":"registry.ts:33:7"},
			{"seq":6,"at":` + num(uint64(at)) + `,"level":"info","message":"listening"},
			{"seq":7,"actor":"a4","type":"room","key":["日本語の部屋"],"at":` + num(uint64(at)) + `,"level":"error","message":"broken\n  by a line break and \u001b[41mred"}]`),
		inspect.TopicSchedule: raw(`[
			{"id":"s1","actor":"a1","type":"cart","key":["eu","42"],"action":"remind","args":["anna"],"due":` + num(uint64(noon().Add(time.Hour).UnixMilli())) + `,"attempt":0,"status":"pending"},
			{"id":"s2","actor":"a1","type":"cart","key":["eu","42"],"action":"expire","args":[],"due":` + num(uint64(noon().Add(90*time.Hour).UnixMilli())) + `,"attempt":3,"status":"failed","lastError":"no stock"}]`),
	}
}
