package web

import "github.com/dop251/goja"

// lazyGlobal is a group of globals that one loader provides.
type lazyGlobal struct {
	names []string
	load  func(p *platform, name string) goja.Value
}

// fromModule loads globals that a JavaScript module exports.
func fromModule(module string) func(*platform, string) goja.Value {
	return func(p *platform, name string) goja.Value { return p.member(module, name) }
}

// lazyGlobals are the globals that define themselves when first read.
var lazyGlobals = []lazyGlobal{
	{[]string{"console"}, func(p *platform, _ string) goja.Value { return p.newConsole() }},
	{[]string{"performance"}, func(p *platform, _ string) goja.Value { return p.newPerformance() }},
	{[]string{"process"}, func(p *platform, _ string) goja.Value { return p.newProcess() }},
	{[]string{"crypto"}, func(p *platform, _ string) goja.Value { return p.member("crypto", "crypto") }},
	{[]string{"navigator"}, func(p *platform, _ string) goja.Value { return p.newNavigator() }},
	{[]string{"structuredClone"}, func(p *platform, _ string) goja.Value { return p.fn("structuredClone", p.structuredClone) }},
	{[]string{"atob"}, func(p *platform, _ string) goja.Value { return p.fn("atob", p.atob) }},
	{[]string{"btoa"}, func(p *platform, _ string) goja.Value { return p.fn("btoa", p.btoa) }},
	{[]string{"reportError"}, func(p *platform, _ string) goja.Value { return p.fn("reportError", p.reportError) }},
	{[]string{"Buffer"}, func(p *platform, _ string) goja.Value { return p.builtin("buffer").Get("Buffer") }},
	{[]string{"__rivet_modules"}, func(p *platform, _ string) goja.Value { return p.newBuiltins() }},
	{[]string{"Event", "EventTarget", "CustomEvent", "MessageEvent", "CloseEvent", "ErrorEvent",
		"ProgressEvent", "PromiseRejectionEvent", "DOMException", "AbortController", "AbortSignal"}, fromModule("events")},
	{[]string{"TextEncoder", "TextDecoder"}, fromModule("encoding")},
	{[]string{"URL", "URLSearchParams"}, fromModule("url")},
	{[]string{"Blob", "File", "FormData"}, fromModule("blob")},
	{[]string{"ReadableStream", "ReadableStreamDefaultReader", "ReadableStreamBYOBReader",
		"ReadableStreamDefaultController", "ReadableByteStreamController", "ReadableStreamBYOBRequest",
		"WritableStream", "WritableStreamDefaultWriter", "WritableStreamDefaultController",
		"TransformStream", "TransformStreamDefaultController",
		"ByteLengthQueuingStrategy", "CountQueuingStrategy",
		"TextEncoderStream", "TextDecoderStream", "CompressionStream", "DecompressionStream"}, fromModule("streams")},
	{[]string{"fetch", "Headers", "Request", "Response"}, fromModule("fetch")},
	{[]string{"Crypto", "CryptoKey", "SubtleCrypto"}, fromModule("crypto")},
	{[]string{"WebSocket"}, fromModule("websocket")},
	{[]string{"EventSource"}, fromModule("eventsource")},
	{[]string{"MessageChannel", "MessagePort", "BroadcastChannel"}, fromModule("messaging")},
}

// natives are the Go halves of JavaScript modules, made when one is loaded.
var natives map[string]func(*platform) goja.Value

func init() { // not a literal: the functions refer back to the table
	natives = map[string]func(*platform) goja.Value{
		"events":           (*platform).eventsNative,
		"inspect":          (*platform).inspectNative,
		"encoding":         (*platform).encodingNative,
		"url":              (*platform).urlNative,
		"blob":             (*platform).blobNative,
		"streams":          (*platform).streamsNative,
		"fetch":            (*platform).fetchNative,
		"crypto":           (*platform).cryptoNative,
		"websocket":        (*platform).websocketNative,
		"node/async_hooks": (*platform).asyncHooksNative,
		"node/crypto":      (*platform).nodeCryptoNative,
	}
}
