package web

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// encodingNative is what encoding.js needs of Go.
func (p *platform) encodingNative() goja.Value {
	return p.object(map[string]func(goja.FunctionCall) goja.Value{
		"encode":     func(c goja.FunctionCall) goja.Value { return p.newBytes([]byte(textArg(c.Argument(0)))) },
		"encodeInto": p.encodeInto,
		"decode":     p.decode,
	})
}

// encodeInto writes as much of a string as fits, and returns [read, written].
func (p *platform) encodeInto(c goja.FunctionCall) goja.Value {
	dst := p.bytesArg(c.Argument(1))
	read, written := 0, 0
	for _, r := range textArg(c.Argument(0)) {
		n := utf8.RuneLen(r)
		if written+n > len(dst) {
			break
		}
		written += utf8.EncodeRune(dst[written:], r)
		read += utf16.RuneLen(r)
	}
	return p.vm.NewArray(read, written)
}

// decode(bytes, encoding, fatal, flush) returns [text, rest]: rest are the bytes
// of an unfinished character at the end, empty if flush. It throws a TypeError
// for what is malformed if fatal.
func (p *platform) decode(c goja.FunctionCall) goja.Value {
	in := p.bytesArg(c.Argument(0))
	fatal, flush := c.Argument(2).ToBoolean(), c.Argument(3).ToBoolean()
	var text goja.Value
	var rest int
	ok := true
	switch c.Argument(1).String() {
	case "utf-16le":
		text, rest, ok = p.decodeUTF16(in, false, fatal, flush)
	case "utf-16be":
		text, rest, ok = p.decodeUTF16(in, true, fatal, flush)
	case "windows-1252":
		text = p.vm.ToValue(decode1252(in))
	default:
		var s string
		s, rest, ok = decodeUTF8(in, fatal, flush)
		text = p.vm.ToValue(s)
	}
	if !ok {
		p.throwType("The encoded data was not valid for encoding %s", c.Argument(1).String())
	}
	return p.vm.NewArray(text, p.newBytes(append([]byte(nil), in[len(in)-rest:]...)))
}

// decodeUTF8 replaces each maximal ill-formed subpart by U+FFFD, as the Encoding
// Standard says; Go's own conversion replaces each byte.
func decodeUTF8(in []byte, fatal, flush bool) (text string, rest int, ok bool) {
	if utf8.Valid(in) {
		return string(in), 0, true
	}
	var b strings.Builder
	b.Grow(len(in) + 8)
	for i := 0; i < len(in); {
		if in[i] < utf8.RuneSelf {
			b.WriteByte(in[i])
			i++
			continue
		}
		r, n := utf8.DecodeRune(in[i:])
		if r != utf8.RuneError || n > 1 {
			b.Write(in[i : i+n])
			i += n
			continue
		}
		n, whole := illFormed(in[i:])
		if !whole && !flush {
			return b.String(), len(in) - i, true
		}
		if fatal {
			return "", 0, false
		}
		b.WriteRune(utf8.RuneError)
		i += n
	}
	return b.String(), 0, true
}

// illFormed measures the maximal ill-formed subpart at the start of b; whole is
// false if more bytes could make it well-formed.
func illFormed(b []byte) (n int, whole bool) {
	lo, hi, need := byte(0x80), byte(0xBF), 0
	switch c := b[0]; {
	case c >= 0xC2 && c <= 0xDF:
		need = 1
	case c >= 0xE0 && c <= 0xEF:
		need = 2
		if c == 0xE0 {
			lo = 0xA0
		} else if c == 0xED {
			hi = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		need = 3
		if c == 0xF0 {
			lo = 0x90
		} else if c == 0xF4 {
			hi = 0x8F
		}
	default:
		return 1, true
	}
	for n = 1; n <= need; n++ {
		if n == len(b) {
			return n, false
		}
		if b[n] < lo || b[n] > hi {
			return n, true
		}
		lo, hi = 0x80, 0xBF
	}
	return n, true
}

func (p *platform) decodeUTF16(in []byte, big, fatal, flush bool) (goja.Value, int, bool) {
	units := make([]uint16, 0, len(in)/2+1)
	rest := len(in) % 2
	for i := 0; i+1 < len(in); i += 2 {
		if big {
			units = append(units, uint16(in[i])<<8|uint16(in[i+1]))
		} else {
			units = append(units, uint16(in[i+1])<<8|uint16(in[i]))
		}
	}
	if n := len(units); !flush && n > 0 && units[n-1]&0xFC00 == 0xD800 {
		units, rest = units[:n-1], rest+2
	}
	runes := utf16.Decode(units)
	for i, at := 0, 0; fatal && i < len(runes); i++ {
		if runes[i] == utf8.RuneError && units[at] != utf8.RuneError {
			return nil, 0, false
		}
		at += utf16.RuneLen(runes[i])
	}
	if flush && rest > 0 {
		if fatal {
			return nil, 0, false
		}
		runes, rest = append(runes, utf8.RuneError), 0
	}
	return p.vm.ToValue(string(runes)), rest, true
}

// high1252 are the characters of windows-1252 from 0x80 to 0x9F.
var high1252 = [32]rune{
	0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
	0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
}

func decode1252(in []byte) string {
	var b strings.Builder
	for _, c := range in {
		if c >= 0x80 && c < 0xA0 {
			b.WriteRune(high1252[c-0x80])
		} else {
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}

// atob decodes forgiving base64 to a string of bytes.
func (p *platform) atob(c goja.FunctionCall) goja.Value {
	if len(c.Arguments) == 0 {
		p.throwType("atob: 1 argument required")
	}
	s := strings.Map(func(r rune) rune {
		if strings.ContainsRune("\t\n\f\r ", r) {
			return -1
		}
		return r
	}, p.stringArg(c.Argument(0)))
	if len(s)%4 == 0 {
		s = strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	}
	b, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil || strings.ContainsAny(s, "\r\n=") {
		p.throwDOM("InvalidCharacterError", "The string to be decoded is not correctly encoded.")
	}
	return p.vm.ToValue(latin1(b))
}

// latin1 makes a string with a code unit for each byte.
func latin1(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// btoa encodes a string of bytes as base64.
func (p *platform) btoa(c goja.FunctionCall) goja.Value {
	if len(c.Arguments) == 0 {
		p.throwType("btoa: 1 argument required")
	}
	s := p.stringArg(c.Argument(0))
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xFF {
			p.throwDOM("InvalidCharacterError", "The string to be encoded contains characters outside of the Latin1 range.")
		}
		b = append(b, byte(r))
	}
	return p.vm.ToValue(base64.StdEncoding.EncodeToString(b))
}
