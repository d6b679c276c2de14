package config

import (
	"encoding/json"
	"strings"
	"time"
)

// Schema is the JSON Schema (draft 7, which editors know) of rivet.yaml.
func Schema() []byte {
	root := section("Configuration of rivet")
	root["$schema"] = "http://json-schema.org/draft-07/schema#"
	for i := range keys {
		k := &keys[i]
		if k.hidden {
			continue
		}
		at := root
		parts := strings.Split(k.name, ".")
		for _, p := range parts[:len(parts)-1] {
			props := at["properties"].(map[string]any)
			if props[p] == nil {
				props[p] = section("")
			}
			at = props[p].(map[string]any)
		}
		at["properties"].(map[string]any)[parts[len(parts)-1]] = k.schema()
	}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("config: the schema is plain data: " + err.Error())
	}
	return append(text, '\n')
}

func section(title string) map[string]any {
	s := map[string]any{"type": "object", "additionalProperties": false, "properties": map[string]any{}}
	if title != "" {
		s["title"] = title
	}
	return s
}

// reference to a variable: allowed wherever a value is.
const variable = `\$\{[^}]+\}`

func (k *key) schema() map[string]any {
	d := Defaults()
	s := map[string]any{"description": k.doc}
	if !k.secret {
		s["default"] = k.shown(&d)
	}
	orVariable := func(schema map[string]any) []any {
		return []any{schema, map[string]any{"type": "string", "pattern": variable}}
	}
	switch k.field(&d).(type) {
	case *string:
		s["type"] = "string"
		if len(k.oneOf) > 0 {
			delete(s, "type")
			values := append([]string{}, k.oneOf...)
			if k.spell["filesystem"] != "" {
				values = append(values, "filesystem")
			}
			s["anyOf"] = orVariable(map[string]any{"enum": values})
		}
	case *bool:
		s["anyOf"] = orVariable(map[string]any{"type": "boolean"})
	case *int:
		number := map[string]any{"type": "integer", "minimum": k.min}
		if k.max != 0 {
			number["maximum"] = k.max
		}
		s["anyOf"] = orVariable(number)
	case *[]string:
		s["anyOf"] = []any{
			map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
			map[string]any{"type": "string"},
		}
	case *Size:
		s["anyOf"] = numberOr(k.min, `^\s*[0-9.]+\s*([KMGTkmgt][Ii]?)?[Bb]?\s*$|`+variable)
	case *Memory:
		s["anyOf"] = numberOr(1, `^\s*[0-9.]+\s*(%|([KMGTkmgt][Ii]?)?[Bb]?)\s*$|`+variable)
	case *time.Duration:
		s["anyOf"] = numberOr(k.min, `^([0-9.]+(ns|us|µs|ms|s|m|h))+$|^[0-9.]+$|`+variable)
	}
	return s
}

func numberOr(least int64, pattern string) []any {
	return []any{
		map[string]any{"type": "number", "minimum": least},
		map[string]any{"type": "string", "pattern": pattern},
	}
}
