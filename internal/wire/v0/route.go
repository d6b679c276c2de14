package v0

import (
	"net/url"
	"strings"
)

// Route is a place under the registry's mount.
type Route uint8

// The routes of section 2; the server has more that are not the protocol's.
const (
	RouteNone Route = iota
	RouteBanner
	RouteHealth
	RouteResolve
	RouteAction
	RouteWebSocket
	RouteSSE
	RouteMessage
	RouteRawHTTP
	RouteRawWebSocket
	RouteInspect      // the manager's and the actor's inspector
	RouteInspectActor // see RouteInspect
)

// Match finds the route of an escaped path below the mount, such as
// /actors/actions/increment. arg is the action's name, decoded, or, for raw
// routes, the path that the actor sees, as it was escaped.
//
// Both the spellings of the code and of the documentation are known:
// /actors/raw/http/… and /actors/{name}/raw/http/…, /actors/raw/websocket/…,
// /actors/{name}/raw/websocket/… and /actors/{name}/ws/….
func Match(path string) (r Route, arg string) {
	switch path {
	case "":
		return RouteBanner, ""
	case "/health":
		return RouteHealth, ""
	case "/actors/resolve":
		return RouteResolve, ""
	case "/actors/connect/websocket":
		return RouteWebSocket, ""
	case "/actors/connect/sse":
		return RouteSSE, ""
	case "/actors/message":
		return RouteMessage, ""
	}
	if path == "/inspect" || strings.HasPrefix(path, "/inspect/") {
		return RouteInspect, path
	}
	rest, ok := strings.CutPrefix(path, "/actors/")
	if !ok {
		return RouteNone, ""
	}
	if rest == "inspect" || strings.HasPrefix(rest, "inspect/") {
		return RouteInspectActor, path
	}
	if name, ok := strings.CutPrefix(rest, "actions/"); ok {
		if decoded, err := url.PathUnescape(name); err == nil && name != "" && !strings.Contains(name, "/") {
			return RouteAction, decoded
		}
		return RouteNone, ""
	}
	if r, arg := raw(rest); r != RouteNone {
		return r, arg
	}
	_, rest, ok = strings.Cut(rest, "/")
	if !ok {
		return RouteNone, ""
	}
	if r, arg := raw(rest); r != RouteNone {
		return r, arg
	}
	if p, ok := strings.CutPrefix(rest, "ws/"); ok {
		return RouteRawWebSocket, "/" + p
	}
	return RouteNone, ""
}

func raw(rest string) (Route, string) {
	if rest == "raw/http" {
		return RouteRawHTTP, "/"
	}
	if p, ok := strings.CutPrefix(rest, "raw/http/"); ok {
		return RouteRawHTTP, "/" + p
	}
	if p, ok := strings.CutPrefix(rest, "raw/websocket/"); ok {
		return RouteRawWebSocket, "/" + p
	}
	return RouteNone, ""
}
