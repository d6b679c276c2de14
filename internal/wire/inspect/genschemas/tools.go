package main

// built is what `rivet build --json` prints.
type built struct {
	File     string            `json:"file"`
	Bytes    int               `json:"bytes"`
	Entry    string            `json:"entry"`
	Hash     string            `json:"hash"` // of the code
	Versions map[string]string `json:"versions"`
	Left     []string          `json:"left"`     // secrets of rivet.yaml that aren't in the file
	Warnings []problem         `json:"warnings"` // of the code
}

// problem is one thing wrong with the project.
type problem struct {
	Source   string   `json:"source,omitempty"` // config, bundle, actors, project or tsc
	Severity string   `json:"severity"`         // error or warning
	File     string   `json:"file"`             // relative to the project, "" if it has no place
	Line     int      `json:"line"`             // from 1
	Column   int      `json:"column"`           // from 1, in characters
	Length   int      `json:"length"`           // characters to underline
	Text     string   `json:"text"`
	LineText string   `json:"lineText"`
	Before   string   `json:"before,omitempty"` // the line before lineText
	Notes    []string `json:"notes,omitempty"`
	Hint     string   `json:"hint,omitempty"` // what to do next
}

// checked is what `rivet check --json` prints.
type checked struct {
	OK       bool      `json:"ok"` // there is no error
	Actors   []string  `json:"actors"`
	Problems []problem `json:"problems"`
	Fixed    []string  `json:"fixed"`
	TSC      string    `json:"tsc"` // the version that ran, "" if the project has none
}

// doctored is what `rivet doctor --json` prints.
type doctored struct {
	OK     bool      `json:"ok"` // there is no error
	Checks []finding `json:"checks"`
}

// finding is one thing that was looked at.
type finding struct {
	Name   string `json:"name"`
	Status string `json:"status"` // ok, warning or error
	Text   string `json:"text"`
	Hint   string `json:"hint,omitempty"` // what to do
}

// setting is one value of the configuration.
type setting struct {
	Key       string `json:"key"`
	Value     any    `json:"value"`
	Origin    string `json:"origin"`              // default, code, rivet.yaml, a variable or a flag
	At        string `json:"at,omitempty"`        // the place in the file
	Evaluated *bool  `json:"evaluated,omitempty"` // false: code may say something else, which nobody asked
}

// versions is what `rivet version --json` prints.
type versions struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Date    string `json:"date,omitempty"`
	Go      string `json:"go"`
	Goja    string `json:"goja,omitempty"`
	ESBuild string `json:"esbuild,omitempty"`
	SQLite  string `json:"sqlite,omitempty"`
}

// typed is what `rivet types --json` prints.
type typed struct {
	Dir     string `json:"dir"`
	Version string `json:"version"`
	Written bool   `json:"written"` // false: they were there
}

// opened is what `rivet studio --json` prints.
type opened struct {
	URL    string `json:"url"`              // with a code that works once, for 30 seconds
	Server string `json:"server,omitempty"` // that it looks into
}

// begun is what `rivet init --json` prints.
type begun struct {
	Dir      string   `json:"dir"`
	Name     string   `json:"name"`
	Template string   `json:"template"`
	Files    []string `json:"files"` // that were written
	Left     []string `json:"left"`  // that were there already and stayed as they were
	Next     []string `json:"next"`  // commands to type
}

// template is one that a project can begin with.
type template struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Try   string `json:"try"` // a command that calls it
}
