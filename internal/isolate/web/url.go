package web

import (
	"net/url"
	"strings"

	"github.com/dop251/goja"
	whatwg "github.com/nlnwa/whatwg-url/url"
)

// urlParser is shared: it holds options alone.
var urlParser = whatwg.NewParser()

// maxURL bounds what is parsed as a URL.
const maxURL = 4 << 20

// urlNative is what url.js needs of Go.
func (p *platform) urlNative() goja.Value {
	return p.object(map[string]func(goja.FunctionCall) goja.Value{
		"parse":      p.parseURL,
		"set":        p.setURL,
		"scalar":     func(c goja.FunctionCall) goja.Value { return p.vm.ToValue(textArg(c.Argument(0))) },
		"decodeForm": func(c goja.FunctionCall) goja.Value { return p.vm.ToValue(decodeForm(textArg(c.Argument(0)))) },
		"encodeForm": func(c goja.FunctionCall) goja.Value { return p.vm.ToValue(encodeForm(textArg(c.Argument(0)))) },
	})
}

// parseURL(url, base?) returns the URL's parts, or null.
func (p *platform) parseURL(c goja.FunctionCall) goja.Value {
	u := parseURL(textArg(c.Argument(0)), c.Argument(1))
	if u == nil {
		return goja.Null()
	}
	return p.urlParts(u)
}

func parseURL(s string, base goja.Value) *whatwg.Url {
	if len(s) > maxURL {
		return nil
	}
	var u *whatwg.Url
	var err error
	if goja.IsUndefined(base) {
		u, err = urlParser.Parse(s)
	} else {
		u, err = urlParser.ParseRef(textArg(base), s)
	}
	if err != nil {
		return nil
	}
	return u
}

// setURL(href, part, value) returns the parts after the change.
func (p *platform) setURL(c goja.FunctionCall) goja.Value {
	u := parseURL(textArg(c.Argument(0)), goja.Undefined())
	v := textArg(c.Argument(2))
	if u == nil || len(v) > maxURL {
		return goja.Null()
	}
	switch c.Argument(1).String() {
	case "protocol":
		u.SetProtocol(v)
	case "username":
		u.SetUsername(v)
	case "password":
		u.SetPassword(v)
	case "host":
		u.SetHost(v)
	case "hostname":
		u.SetHostname(v)
	case "port":
		u.SetPort(v)
	case "pathname":
		u.SetPathname(v)
	case "search":
		u.SetSearch(v)
	case "hash":
		u.SetHash(v)
	}
	return p.urlParts(u)
}

// urlParts lists a URL's parts in the order that url.js names.
func (p *platform) urlParts(u *whatwg.Url) goja.Value {
	return p.vm.NewArray(u.Href(false), u.Protocol(), u.Username(), u.Password(), u.Host(),
		u.Hostname(), u.Port(), u.Pathname(), u.Search(), u.Hash(), origin(u))
}

// origin is the URL's origin, "null" if it is opaque.
func origin(u *whatwg.Url) string {
	switch u.Scheme() {
	case "http", "https", "ws", "wss", "ftp":
		return u.Protocol() + "//" + u.Host()
	case "blob":
		if in, err := urlParser.Parse(u.Pathname()); err == nil && (in.Scheme() == "http" || in.Scheme() == "https") {
			return origin(in)
		}
	}
	return "null"
}

// decodeForm decodes a part of application/x-www-form-urlencoded.
func decodeForm(s string) string {
	var b []byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b = append(b, ' ')
		case c == '%' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0:
			b = append(b, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
		default:
			b = append(b, c)
		}
	}
	text, _, _ := decodeUTF8(b, false, true)
	return text
}

func unhex(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20&^(c>>1&0x20)) }

// encodeForm encodes a part of application/x-www-form-urlencoded; it differs from
// Go's in two characters.
func encodeForm(s string) string {
	s = url.QueryEscape(s)
	if strings.Contains(s, "%2A") || strings.Contains(s, "~") {
		s = strings.NewReplacer("%2A", "*", "~", "%7E").Replace(s)
	}
	return s
}
