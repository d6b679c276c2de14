package value

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// surrogateAt is the lone surrogate whose three WTF-8 bytes stand at s[i:].
func surrogateAt(s string, i int) (uint16, bool) {
	if i+3 > len(s) || s[i] != 0xED || s[i+1] < 0xA0 || s[i+1] > 0xBF || s[i+2]&0xC0 != 0x80 {
		return 0, false
	}
	return 0xD000 | uint16(s[i+1]&0x3F)<<6 | uint16(s[i+2]&0x3F), true
}

// FromUTF16 is u as WTF-8: pairs are joined, a lone surrogate keeps its three bytes.
func FromUTF16(u []uint16) string {
	b := make([]byte, 0, len(u)+len(u)/2)
	for i := 0; i < len(u); i++ {
		b = appendUnit(b, u, &i)
	}
	return string(b)
}

func appendUnit(b []byte, u []uint16, i *int) []byte {
	c := rune(u[*i])
	if !utf16.IsSurrogate(c) {
		return utf8.AppendRune(b, c)
	}
	if *i+1 < len(u) {
		if r := utf16.DecodeRune(c, rune(u[*i+1])); r != utf8.RuneError {
			*i++
			return utf8.AppendRune(b, r)
		}
	}
	return appendSurrogate(b, uint16(c))
}

func appendSurrogate(b []byte, c uint16) []byte {
	return append(b, 0xED, 0x80|byte(c>>6)&0x3F, 0x80|byte(c)&0x3F)
}

// ToUTF16 is the WTF-8 string s in UTF-16 units; bytes that are neither UTF-8
// nor a surrogate become U+FFFD.
func ToUTF16(s string) []uint16 {
	u := make([]uint16, 0, len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size <= 1 {
			if c, ok := surrogateAt(s, i); ok {
				u = append(u, c)
				i += 3
				continue
			}
		}
		u = utf16.AppendRune(u, r)
		i += size
	}
	return u
}

// HasSurrogate reports whether the WTF-8 string s has a lone surrogate, so
// that it isn't UTF-8.
func HasSurrogate(s string) bool {
	for i := strings.IndexByte(s, 0xED); i >= 0 && i < len(s); {
		if _, ok := surrogateAt(s, i); ok {
			return true
		}
		j := strings.IndexByte(s[i+1:], 0xED)
		if j < 0 {
			return false
		}
		i += 1 + j
	}
	return false
}

// toWTF8 is b as a WTF-8 string in which surrogates that form a pair are
// joined and invalid bytes are U+FFFD.
func toWTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return FromUTF16(ToUTF16(string(b)))
}
