package polyfill

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"
)

// longCategories are the long names of general categories, as \p{Letter}.
var longCategories = map[string]string{
	"Letter": "L", "Cased_Letter": "LC", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt",
	"Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M", "Combining_Mark": "M", "Nonspacing_Mark": "Mn",
	"Spacing_Mark": "Mc", "Enclosing_Mark": "Me", "Number": "N", "Decimal_Number": "Nd", "digit": "Nd", "Letter_Number": "Nl",
	"Other_Number": "No", "Punctuation": "P", "punct": "P", "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd",
	"Open_Punctuation": "Ps", "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi", "Final_Punctuation": "Pf",
	"Other_Punctuation": "Po", "Symbol": "S", "Math_Symbol": "Sm", "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk",
	"Other_Symbol": "So", "Separator": "Z", "Space_Separator": "Zs", "Line_Separator": "Zl", "Paragraph_Separator": "Zp",
	"Other": "C", "Control": "Cc", "cntrl": "Cc", "Format": "Cf", "Surrogate": "Cs", "Private_Use": "Co", "Unassigned": "Cn",
}

// shortScripts are the script codes that people write.
var shortScripts = map[string]string{
	"Latn": "Latin", "Grek": "Greek", "Cyrl": "Cyrillic", "Hani": "Han", "Hira": "Hiragana", "Kana": "Katakana", "Hang": "Hangul",
	"Arab": "Arabic", "Hebr": "Hebrew", "Thai": "Thai", "Deva": "Devanagari", "Armn": "Armenian", "Geor": "Georgian", "Zyyy": "Common", "Zinh": "Inherited",
}

// engineProperties are known to goja's second regexp engine, not to Go.
var engineProperties = map[string]bool{
	"Emoji": true, "Emoji_Presentation": true, "Emoji_Modifier": true, "Emoji_Modifier_Base": true,
	"Emoji_Component": true, "Extended_Pictographic": true,
}

var shortProperties = map[string]string{
	"space": "White_Space", "RI": "Regional_Indicator", "EPres": "Emoji_Presentation", "EMod": "Emoji_Modifier",
	"EBase": "Emoji_Modifier_Base", "EComp": "Emoji_Component", "ExtPict": "Extended_Pictographic", "Hex": "Hex_Digit",
	"AHex": "ASCII_Hex_Digit", "Ideo": "Ideographic", "UIdeo": "Unified_Ideograph", "Dia": "Diacritic",
}

// property is what stands inside a character class for \p{key=value}, "" if
// there is no such property.
func property(key, value string) string {
	switch key {
	case "", "General_Category", "gc":
		if s, ok := longCategories[value]; ok {
			value = s
		}
		if value == "LC" {
			return `\p{Lu}\p{Ll}\p{Lt}`
		}
		if _, ok := unicode.Categories[value]; ok && value != "Cn" {
			return `\p{` + value + `}`
		}
		if value == "Cn" {
			return complementTables()
		}
		if key != "" {
			return ""
		}
		if s, ok := shortProperties[value]; ok {
			value = s
		}
		if engineProperties[value] {
			return `\p{` + value + `}`
		}
		if t, ok := unicode.Properties[value]; ok {
			return ranges(pairs(t))
		}
	case "Script", "sc", "Script_Extensions", "scx":
		if s, ok := shortScripts[value]; ok {
			value = s
		}
		if t, ok := unicode.Scripts[value]; ok {
			return ranges(pairs(t))
		}
	}
	return ""
}

// pairs are the ranges of t, first and last.
func pairs(t *unicode.RangeTable) (out []rune) {
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			out = append(out, lo, hi)
			return
		}
		for r := lo; r <= hi; r += stride {
			out = append(out, r, r)
		}
	}
	for _, r := range t.R16 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	for _, r := range t.R32 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	return out
}

func ranges(p []rune) string {
	var b strings.Builder
	for i := 0; i < len(p); i += 2 {
		fmt.Fprintf(&b, `\u{%X}`, p[i])
		if p[i+1] > p[i] {
			fmt.Fprintf(&b, `-\u{%X}`, p[i+1])
		}
	}
	return b.String()
}

func negated(p []rune) string {
	var out []rune
	next := rune(0)
	for i := 0; i < len(p); i += 2 {
		if p[i] > next {
			out = append(out, next, p[i]-1)
		}
		next = max(next, p[i+1]+1)
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return ranges(out)
}

// complement is the inside of a class that holds all but set, the inside of
// another; "" if it can't be told or is empty.
func complement(set string) string {
	set = strings.NewReplacer(`\s\S`, `\x{0}-\x{10FFFF}`, `\u{`, `\x{`).Replace(set)
	for name, t := range unicode.Properties {
		if q := `\p{` + name + `}`; strings.Contains(set, q) {
			set = strings.ReplaceAll(set, q, strings.ReplaceAll(ranges(pairs(t)), `\u{`, `\x{`))
		}
	}
	re, err := syntax.Parse("["+set+"]", syntax.Perl)
	if err != nil || re.Op != syntax.OpCharClass {
		return ""
	}
	return negated(re.Rune)
}

func complementTables() string {
	var b strings.Builder
	for _, c := range []string{"L", "M", "N", "P", "S", "Z", "Cc", "Cf", "Co", "Cs"} {
		b.WriteString(`\p{` + c + `}`)
	}
	return complement(b.String())
}
