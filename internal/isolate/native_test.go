package isolate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/isolate"
	"github.com/rivetdev/rivet/internal/value"
)

// natives are calls of built-in functions with odd arguments. The engine below
// is written for well-behaved ones: what it trips over must be an error of
// that call, or of that actor, and of nobody else.
const natives = `
const bad = new Proxy({}, { get(t, k) { if (k === Symbol.iterator) return () => ({ next: () => ({ done: false, value: undefined }), return: () => ({}) }); return undefined } });
const odd: Record<string, any> = {
  proxy: () => new Proxy({}, {}), proxyArray: () => new Proxy([1, 2], {}), revoked: () => { const r = Proxy.revocable({}, {}); r.revoke(); return r.proxy },
  iterNull: () => ({ [Symbol.iterator]() { return null } }),
  iterOdd: () => ({ [Symbol.iterator]() { let n = 0; return { next() { if (n++ > 9) throw 1; return 1 } } } }), iterUndef: () => ({ [Symbol.iterator]() { let n = 0; return { next() { return { done: n++ > 2 } } } } }),
  iterShort: () => [[]], iterHole: () => [,1], iterEmptyObject: () => [{}], iterOne: () => [[1]], number: () => 5, string: () => "ab", strings: () => ["ab", "c"], symbol: () => Symbol("a"), fn: () => () => 1,
  nulls: () => [null], undefs: () => [undefined], bigint: () => 5n, map: () => new Map([[1, 2]]), set: () => new Set([1]), date: () => new Date(NaN), bytes: () => new Uint8Array(3), buffer: () => new ArrayBuffer(3),
  getter: () => ({ get length() { return 2 } , get 0() { return undefined } }), longish: () => ({ length: 2 }), thenable: () => [{ get then() { return undefined } }, { then: 1 }], promise: () => Promise.resolve(1),
  args: (function (..._: any[]) { return function () { return arguments } (1, 2) }), view: () => new DataView(new ArrayBuffer(2)), regexp: () => /a(b)?/g, err: () => new Error("x"), boxed: () => new String("ab"), nullProto: () => Object.create(null),
};
const g = globalThis as any;
const uses: Record<string, (v: any, c: any) => any> = {
  map: (v) => new Map(v), set: (v) => new Set(v), weakMap: (v) => new WeakMap(v), weakSet: (v) => new WeakSet(v), fromEntries: (v) => Object.fromEntries(v), from: (v) => Array.from(v), fromMap: (v) => Array.from(v, (x) => x),
  subMap: (v) => new (class M extends Map { set(k: any, w: any) { typeof k; typeof w; String(k); return super.set(k, w) } })(v), subSet: (v) => new (class M extends Set { add(k: any) { typeof k; return super.add(k) } })(v),
  subWeak: (v) => new (class M extends WeakMap { set(k: any, w: any) { typeof k; typeof w; return super.set(k, w) } })(v),
  all: (v) => Promise.all(v).catch((e) => { throw e }), allSettled: (v) => Promise.allSettled(v), race: (v) => Promise.any(v), spread: (v) => [...v], object: (v) => ({ ...v }), dstr: (v) => { const [a, b, ...r] = v; return [a, b, r] }, dstr2: (v) => { const { a, ...r } = v; return r },
  typed: (v) => new Uint8Array(v), typed64: (v) => new BigInt64Array(v), typedFrom: (v) => Uint8Array.from(v), typedOf: (v) => Uint8Array.of(v), view: (v) => new DataView(v), assign: (v) => Object.assign({}, v), assign2: (v) => Object.assign(v, { a: 1 }), keys: (v) => Object.keys(v), entries: (v) => Object.entries(v), values: (v) => Object.values(v),
  concat: (v) => [].concat(v), concat2: (v) => Array.prototype.concat.call(v, v), flat: (v) => [v].flat(3), slice: (v) => Array.prototype.slice.call(v, 0, 2), splice: (v) => Array.prototype.splice.call(v, 0, 1, 2), sort: (v) => Array.prototype.sort.call(v), reverse: (v) => Array.prototype.reverse.call(v),
  toSorted: (v) => Array.prototype.toSorted.call(v), toSpliced: (v) => (Array.prototype as any).toSpliced.call(v, 0, 1), withs: (v) => (Array.prototype as any).with.call(v, 0, 1), fill: (v) => Array.prototype.fill.call(v, 1), copyWithin: (v) => Array.prototype.copyWithin.call(v, 0, 1), push: (v) => Array.prototype.push.call(v, 1), unshift: (v) => Array.prototype.unshift.call(v, 1), shift: (v) => Array.prototype.shift.call(v), pop: (v) => Array.prototype.pop.call(v),
  join: (v) => Array.prototype.join.call(v), includes: (v) => Array.prototype.includes.call(v, 1), indexOf: (v) => Array.prototype.indexOf.call(v, 1), lastIndexOf: (v) => Array.prototype.lastIndexOf.call(v, 1), reduce: (v) => Array.prototype.reduce.call(v, (a: any) => a), at: (v) => Array.prototype.at.call(v, 0), str: (v) => String(v), json: (v) => JSON.stringify(v), json2: (v) => JSON.stringify({ a: 1 }, v), json3: (v) => JSON.stringify({}, null, v), clone: (v) => structuredClone(v),
  apply: (v) => Reflect.apply(Math.max, null, v), construct: (v) => Reflect.construct(Date, v), construct2: (v) => Reflect.construct(Date, [], v), ownKeys: (v) => Reflect.ownKeys(v), call: (v) => Math.max.apply(null, v), defs: (v) => Object.defineProperties({}, v), def: (v) => Object.defineProperty({}, "a", v), create: (v) => Object.create(v), create2: (v) => Object.create({}, v), setProto: (v) => Object.setPrototypeOf({}, v), freeze: (v) => Object.freeze(v), desc: (v) => Object.getOwnPropertyDescriptors(v), groupBy: (v) => (Object as any).groupBy(v, (x: any) => x), mapGroup: (v) => (Map as any).groupBy(v, (x: any) => x), fromAsync: (v) => (Array as any).fromAsync(v),
  union: (v) => (new Set([1]) as any).union(v), inter: (v) => (new Set([1]) as any).intersection(v), diff: (v) => (new Set([1]) as any).difference(v), sym: (v) => (new Set([1]) as any).symmetricDifference(v), sub: (v) => (new Set([1]) as any).isSubsetOf(v), sup: (v) => (new Set([1]) as any).isSupersetOf(v), dis: (v) => (new Set([1]) as any).isDisjointFrom(v), mapGet: (v) => new Map().get(v), mapSet: (v) => new Map().set(v, v), mapCall: (v) => Map.prototype.get.call(v, 1), mapSize: (v) => Object.getOwnPropertyDescriptor(Map.prototype, "size")!.get!.call(v), setCall: (v) => Set.prototype.add.call(v, 1), mapEach: (v) => new Map([[1, 2]]).forEach(v), mapIter: (v) => Map.prototype[Symbol.iterator].call(v), mapNext: (v) => Object.getPrototypeOf(new Map().entries()).next.call(v), genNext: (v) => Object.getPrototypeOf(function* () {}).prototype.next.call(v), promiseThen: (v) => Promise.prototype.then.call(v), promiseNew: (v) => new Promise(v), resolve: (v) => Promise.resolve(v), resolveCall: (v) => Promise.resolve.call(v, 1), allCall: (v) => Promise.all.call(v, []), reject: (v) => { Promise.reject(v).catch(() => 0) }, fin: (v) => Promise.resolve().finally(v), proxyNew: (v) => new Proxy(v, v), proxyGet: (v) => new Proxy({}, v).a, proxySet: (v) => { (new Proxy({}, v) as any).a = 1 }, proxyKeys: (v) => Object.keys(new Proxy({}, v)), proxyOwn: (v) => Object.keys(new Proxy({ a: 1 }, { ownKeys: () => v })), proxyDesc: (v) => Object.getOwnPropertyDescriptor(new Proxy({}, { getOwnPropertyDescriptor: () => v }), "a"), proxyProto: (v) => Object.getPrototypeOf(new Proxy({}, { getPrototypeOf: () => v })), proxyConstruct: (v) => new (new Proxy(class {}, { construct: () => v }))(),
  regexp: (v) => new RegExp(v), exec: (v) => /a/.exec(v), test: (v) => RegExp.prototype.test.call(v, "a"), replace: (v) => "aXa".replace(/a/g, v), replace2: (v) => "aXa".replace(v, "b"), replaceAll: (v) => "aXa".replaceAll(v, "b"), split: (v) => "aXa".split(v), match: (v) => "aXa".match(v), matchAll: (v) => ["aXa".matchAll(v)].length, search: (v) => "a".search(v), raw: (v) => String.raw(v), raw2: (v) => String.raw({ raw: v } as any, 1), symReplace: (v) => (RegExp.prototype as any)[Symbol.replace].call(v, "a", "b"), symSplit: (v) => (RegExp.prototype as any)[Symbol.split].call(v, "a"), symMatch: (v) => (RegExp.prototype as any)[Symbol.match].call(v, "a"), symMatchAll: (v) => (RegExp.prototype as any)[Symbol.matchAll].call(v, "a"), flags: (v) => Object.getOwnPropertyDescriptor(RegExp.prototype, "flags")!.get!.call(v), normalize: (v) => "a".normalize(v), localeCompare: (v) => "a".localeCompare(v), padStart: (v) => "a".padStart(3, v), fromCodePoint: (v) => String.fromCodePoint(v), fromCharCode: (v) => String.fromCharCode(v),
  date: (v) => new Date(v), dateSet: (v) => new Date(0).setTime(v), dateUTC: (v) => Date.UTC(v, v), dateCall: (v) => Date.prototype.getTime.call(v), toPrim: (v) => (Date.prototype as any)[Symbol.toPrimitive].call(v, "number"), num: (v) => Number(v), big: (v) => BigInt(v), big2: (v) => BigInt.asIntN(64, v), toFixed: (v) => (1).toFixed(v), toString: (v) => (1).toString(v), parse: (v) => parseInt(v), sum: (v) => v + v, less: (v) => v < v, eq: (v) => v == 1, neg: (v) => -v, typeOf: (v) => typeof v, inn: (v) => "a" in v, inst: (v) => ({}) instanceof v, inst2: (v) => v instanceof Map, del: (v) => delete v.a, key: (v) => ({ [v]: 1 }), index: (v) => ({} as any)[v], sym2: (v) => Symbol(v).description, symFor: (v) => Symbol.for(v), symKey: (v) => Symbol.keyFor(v), errorCause: (v) => new Error(v, v), aggregate: (v) => new AggregateError(v, v), throwIt: (v) => { try { throw v } catch (e) { return typeof e } }, func: (v) => new Function(v), bind: (v) => Function.prototype.bind.call(v), fnStr: (v) => Function.prototype.toString.call(v), gen: (v) => { const gg = (function* () { yield* v })(); return [gg.next(), gg.next()] }, typedSet: (v) => new Uint8Array(3).set(v), typedSub: (v) => new Uint8Array(3).subarray(v), typedCall: (v) => Uint8Array.prototype.slice.call(v), typedFill: (v) => new Uint8Array(3).fill(v), typedWith: (v) => (new Uint8Array(3) as any).with(0, v), typedIncludes: (v) => new Uint8Array(3).includes(v), typedSort: (v) => new Uint8Array(3).sort(v), typedMap: (v) => new Uint8Array(3).map(v), dvGet: (v) => new DataView(new ArrayBuffer(4)).getInt8(v), dvCall: (v) => DataView.prototype.getInt8.call(v, 0), bufSlice: (v) => ArrayBuffer.prototype.slice.call(v, 0), isView: (v) => ArrayBuffer.isView(v), hex: (v) => (Uint8Array as any).fromHex(v), b64: (v) => (Uint8Array as any).fromBase64(v), weakRef: (v) => new (g.WeakRef)(v), iterFrom: (v) => (g.Iterator).from(v).next(), iterZip: (v) => (g.Iterator).from(v).take(2).toArray(), sortFn: (v) => [3, 1, 2].sort(v), mapFn: (v) => [1].map(v), flatMap: (v) => [1].flatMap(() => v), find: (v) => Array.prototype.findLast.call(v, (x: any) => x), rawJSON: (v) => (JSON as any).rawJSON(v), parseJSON: (v) => JSON.parse(v), revive: (v) => JSON.parse("[1]", v), url: (v) => new URL(v), usp: (v) => new URLSearchParams(v).toString(), headers: (v) => new Headers(v), request: (v) => new Request(v), response: (v) => new Response(v), blob: (v) => new Blob(v), form: (v) => new FormData().append("a", v), enc: (v) => new TextEncoder().encode(v), dec: (v) => new TextDecoder().decode(v), btoa: (v) => btoa(v), atob: (v) => atob(v), getRandom: (v) => crypto.getRandomValues(v), abort: (v) => AbortSignal.any(v), event: (v) => new Event(v), target: (v) => new EventTarget().dispatchEvent(v), stream: (v) => new ReadableStream(v), micro: (v) => queueMicrotask(v), timer: (v) => clearTimeout(v), log: (v) => console.log(v), table: (v) => console.table(v), clog: (v, c) => c.log.info(v, v), cast: (v, c) => c.broadcast("e", v), castName: (v, c) => c.broadcast(v), state: (v, c) => { try { c.state.v = v } finally { delete c.state.v } }, stateCall: (v, c) => Array.prototype.push.call(c.state.list, v), stateMap: (v, c) => { c.state.map.set(v, v); c.state.map.clear() }, sched: (v, c) => { c.schedule.after(v, v, v) }, client: (v, c) => { c.client().x.get(v) }, connsFind: (v, c) => c.conns.find(v), connsGet: (v, c) => c.conns.get(v), userError: (v) => new UserError(v, v),
};`

// trips are what the engine still fails at, in syntax or out of our reach: such
// a call fails and its actor starts again.
var trips = map[string]bool{"proxyOwn": true, "symReplace": true, "symSplit": true}

func TestOddArgumentsOfBuiltIns(t *testing.T) {
	t.Parallel()
	w := load(t, natives+def(`{
  state: { n: 0, list: [] as any[], map: new Map() },
  actions: {
    names: () => Object.keys(uses),
    use: async (c, u: string) => {
      for (const o of Object.keys(odd)) { try { await Promise.race([uses[u](odd[o](), c), null]); } catch (e) { String(e) } }
      c.state.list = []; c.state.map = new Map(); return "done";
    },
    nothing: (c) => { const [a] = { [Symbol.iterator]() { return {} } } as any; return a },
    conns: (c) => [[...new Map(c.conns as any).keys()], Object.keys(Object.fromEntries(c.conns as any))],
    maps: () => [new Map([[]] as any).has(undefined), new Map([{}] as any).size, Map.name, Map.length, new Map([[1, 2]]) instanceof Map, new (class extends Map {})([[1, 2]]).get(1),
      Object.getPrototypeOf(new Map()) === Map.prototype, new Map().constructor === Map, JSON.stringify(Object.fromEntries([["a", 1], ["b"], {}] as any))],
    primitive: () => new Map([1] as any),
    inc: (c) => ++c.state.n,
  },
}`), func(o *isolate.Options) { o.Size, o.StuckAfter = 1, time.Minute })
	neighbour := w.start("x", "neighbour")
	if err := neighbour.connect("c1", value.Undefined{}); err != nil {
		t.Fatal(err)
	}
	names, err := neighbour.call("names")
	if err != nil {
		t.Fatal(err)
	}
	for _, use := range namesOf(names) {
		l := w.start("x", use)
		if got := l.json("use", use); got != `"done"` && (!trips[use] || !strings.HasPrefix(got, "internal_error: the JavaScript engine failed")) {
			t.Errorf("%s: %s; %s", use, got, strings.Join(l.lines(), "\n"))
		}
	}
	for action, want := range map[string]string{
		"conns":     `[["c1"],["c1"]]`,
		"maps":      `[true,1,"Map",0,true,2,true,true,"{\"a\":1}"]`,
		"primitive": "internal_error: Iterator value 1 is not an entry object",
	} {
		if got := neighbour.json(action); got != want {
			t.Errorf("%s: %s, want %s", action, got, want)
		}
	}
	l := w.start("x", "nothing")
	if got := l.json("nothing"); !strings.HasPrefix(got, "internal_error: the JavaScript engine failed") || strings.Contains(got, "goroutine") {
		t.Errorf("nothing: %s", got)
	}
	if got := neighbour.json("inc"); got != "1" || neighbour.stopped != nil {
		t.Errorf("the neighbour says %s", got)
	}
}

func namesOf(v value.Value) (names []string) {
	for _, n := range v.(*value.Array).Items {
		names = append(names, n.(string))
	}
	return names
}
