package value

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// ParseJSON reads one strict JSON text as JSON.parse does: keys keep their
// order, of duplicates the last wins, an escaped lone surrogate is kept as
// WTF-8. Text nested deeper than MaxDepth is an error.
func ParseJSON(b []byte) (Value, error) {
	p := jsonParser{b: b}
	p.space()
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	p.space()
	if p.i < len(b) {
		return nil, p.fail("text after the value")
	}
	return v, nil
}

type jsonParser struct {
	b []byte
	i int
}

func (p *jsonParser) fail(what string) error {
	return fmt.Errorf("invalid JSON at byte %d: %s", p.i, what)
}

func (p *jsonParser) space() {
	for p.i < len(p.b) {
		switch p.b[p.i] {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return
		}
	}
}

func (p *jsonParser) peek() byte {
	if p.i < len(p.b) {
		return p.b[p.i]
	}
	return 0
}

func (p *jsonParser) value(depth int) (Value, error) {
	if depth > MaxDepth {
		return nil, p.fail("nested too deep")
	}
	if p.i >= len(p.b) {
		return nil, p.fail("unexpected end")
	}
	switch c := p.b[p.i]; c {
	case '{':
		return p.object(depth)
	case '[':
		return p.array(depth)
	case '"':
		return p.str()
	case 't':
		return true, p.word("true")
	case 'f':
		return false, p.word("false")
	case 'n':
		return nil, p.word("null")
	default:
		return p.number()
	}
}

func (p *jsonParser) word(w string) error {
	if len(p.b)-p.i < len(w) || string(p.b[p.i:p.i+len(w)]) != w {
		return p.fail("unexpected character")
	}
	p.i += len(w)
	return nil
}

func (p *jsonParser) array(depth int) (Value, error) {
	p.i++
	a := &Array{}
	p.space()
	if p.peek() == ']' {
		p.i++
		return a, nil
	}
	for {
		p.space()
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		a.Items = append(a.Items, v)
		p.space()
		switch p.peek() {
		case ',':
			p.i++
		case ']':
			p.i++
			return a, nil
		default:
			return nil, p.fail("want , or ]")
		}
	}
}

func (p *jsonParser) object(depth int) (Value, error) {
	p.i++
	o := &Object{}
	var index map[string]int // of keys, once there are many
	p.space()
	if p.peek() == '}' {
		p.i++
		return o, nil
	}
	for {
		p.space()
		if p.peek() != '"' {
			return nil, p.fail("want a member name")
		}
		k, err := p.str()
		if err != nil {
			return nil, err
		}
		p.space()
		if p.peek() != ':' {
			return nil, p.fail("want :")
		}
		p.i++
		p.space()
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		index = o.put(index, k, v)
		p.space()
		switch p.peek() {
		case ',':
			p.i++
		case '}':
			p.i++
			o.sortIndexKeys()
			return o, nil
		default:
			return nil, p.fail("want , or }")
		}
	}
}

// put is Set in constant time: it makes and returns an index when o is large.
func (o *Object) put(index map[string]int, k string, v Value) map[string]int {
	if index == nil {
		if len(o.Keys) < 16 {
			o.Set(k, v)
			return nil
		}
		index = make(map[string]int, 64)
		for i, k := range o.Keys {
			index[k] = i
		}
	}
	if i, ok := index[k]; ok {
		o.Vals[i] = v
		return index
	}
	index[k] = len(o.Keys)
	o.Keys = append(o.Keys, k)
	o.Vals = append(o.Vals, v)
	return index
}

// number reads a number; digits that fit an int are converted without strconv.
func (p *jsonParser) number() (Value, error) {
	start := p.i
	neg := p.peek() == '-'
	if neg {
		p.i++
	}
	first := p.i
	var n int64
	for p.i < len(p.b) && p.b[p.i]-'0' < 10 {
		if p.i-first < 15 {
			n = n*10 + int64(p.b[p.i]-'0')
		}
		p.i++
	}
	digits := p.i - first
	if digits == 0 {
		return nil, p.fail("unexpected character")
	}
	if digits > 1 && p.b[first] == '0' {
		return nil, p.fail("leading zero")
	}
	c := p.peek()
	if c != '.' && c|0x20 != 'e' && digits <= 15 {
		if neg {
			if n == 0 {
				return math.Copysign(0, -1), nil
			}
			n = -n
		}
		return float64(n), nil
	}
	if c == '.' {
		p.i++
		if p.peek()-'0' > 9 {
			return nil, p.fail("want a digit")
		}
		p.digits()
	}
	if p.peek()|0x20 == 'e' {
		p.i++
		if c := p.peek(); c == '+' || c == '-' {
			p.i++
		}
		if p.peek()-'0' > 9 {
			return nil, p.fail("want a digit")
		}
		p.digits()
	}
	f, _ := strconv.ParseFloat(string(p.b[start:p.i]), 64) // out of range is ±Inf, as in JavaScript
	return f, nil
}

func (p *jsonParser) digits() {
	for p.i < len(p.b) && p.b[p.i]-'0' < 10 {
		p.i++
	}
}

func (p *jsonParser) str() (string, error) {
	p.i++
	start := p.i
	for p.i < len(p.b) {
		c := p.b[p.i]
		if c == '"' {
			s := p.b[start:p.i]
			p.i++
			return toWTF8(s), nil
		}
		if c == '\\' {
			return p.strEscaped(start)
		}
		if c < 0x20 {
			return "", p.fail("control character in a string")
		}
		p.i++
	}
	return "", p.fail("string without end")
}

func (p *jsonParser) strEscaped(start int) (string, error) {
	out := append(make([]byte, 0, p.i-start+32), p.b[start:p.i]...)
	for p.i < len(p.b) {
		c := p.b[p.i]
		switch {
		case c == '"':
			p.i++
			return toWTF8(out), nil
		case c < 0x20:
			return "", p.fail("control character in a string")
		case c != '\\':
			out = append(out, c)
			p.i++
			continue
		}
		p.i++
		switch e := p.peek(); e {
		case '"', '\\', '/':
			out = append(out, e)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			u, ok := p.hex4(p.i + 1)
			if !ok {
				return "", p.fail("bad \\u escape")
			}
			p.i += 4
			out = p.appendEscaped(out, u)
		default:
			return "", p.fail("bad escape")
		}
		p.i++
	}
	return "", p.fail("string without end")
}

// appendEscaped appends the unit u, joined with the escape that follows if the two are a pair.
func (p *jsonParser) appendEscaped(out []byte, u uint16) []byte {
	if !utf16.IsSurrogate(rune(u)) {
		return utf8.AppendRune(out, rune(u))
	}
	if p.i+2 < len(p.b) && p.b[p.i+1] == '\\' && p.b[p.i+2] == 'u' {
		if lo, ok := p.hex4(p.i + 3); ok {
			if r := utf16.DecodeRune(rune(u), rune(lo)); r != utf8.RuneError {
				p.i += 6
				return utf8.AppendRune(out, r)
			}
		}
	}
	return appendSurrogate(out, u)
}

func (p *jsonParser) hex4(i int) (uint16, bool) {
	if i+4 > len(p.b) {
		return 0, false
	}
	var u uint16
	for _, c := range p.b[i : i+4] {
		switch {
		case c-'0' < 10:
			u = u<<4 | uint16(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			u = u<<4 | uint16(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return u, true
}
