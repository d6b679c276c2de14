package inspect

import "encoding/json"

// ReplRequest is the body of POST /repl: one input, TypeScript or a dot-command.
type ReplRequest struct {
	Session   string `json:"session,omitempty"` // ID of an earlier answer; "": a new one
	Code      string `json:"code"`
	TimeoutMs int64  `json:"timeoutMs,omitempty"` // 0: 30 s
}

// ReplAnswer is what came of an input.
type ReplAnswer struct {
	ID     string      `json:"id"`               // of the session
	Use    string      `json:"use,omitempty"`    // actor whose actions are plain functions, for the prompt
	Line   int         `json:"line"`             // number of the last line; positions in it are told as REPL<line>
	Output *ReplOutput `json:"output,omitempty"` // nil: nothing to print
	Logs   []ReplLog   `json:"logs"`
	Notes  []ReplNote  `json:"notes,omitempty"`
	Error  *ReplError  `json:"error,omitempty"`
	Us     int64       `json:"us"`
}

// ReplEvent is one line of the answer to a POST /repl that accepts
// application/x-ndjson: what is logged as it comes, at last the answer.
type ReplEvent struct {
	Log    *ReplLog    `json:"log,omitempty"`
	Answer *ReplAnswer `json:"answer,omitempty"`
}

// ReplOutput is a result: as text, as the same text in styled parts, and as a value.
type ReplOutput struct {
	Text  string     `json:"text"`
	Parts []ReplPart `json:"parts"`
	Value Tagged     `json:"value"`
}

// ReplPart is a piece of text in one style; in JSON it is [style, text]. The
// styles: "" number bigint string boolean null undefined symbol date regexp
// special name muted error strong.
type ReplPart struct{ Style, Text string }

// MarshalJSON writes a pair.
func (p ReplPart) MarshalJSON() ([]byte, error) { return json.Marshal([2]string{p.Style, p.Text}) }

// UnmarshalJSON reads a pair.
func (p *ReplPart) UnmarshalJSON(b []byte) error {
	var pair [2]string
	err := json.Unmarshal(b, &pair)
	p.Style, p.Text = pair[0], pair[1]
	return err
}

// ReplLog is a line that an input wrote to the console, or that code of an
// earlier one wrote since.
type ReplLog struct {
	Level   string `json:"level"`
	Message string `json:"message"`
	At      string `json:"at,omitempty"` // REPL<line>:line:column
}

// ReplNote is something to be told once: reload (newer code serves), restart
// (a new session, variables are gone) or lost (the isolate was given up).
type ReplNote struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// ReplError is what an input threw. Text is for people: what was thrown, and
// below it the stack.
type ReplError struct {
	Code     string     `json:"code"`
	Message  string     `json:"message"`
	Hint     string     `json:"hint,omitempty"`
	Metadata *Tagged    `json:"metadata,omitempty"`
	At       *Place     `json:"at,omitempty"`
	Text     string     `json:"text"`
	Parts    []ReplPart `json:"parts"`
}

// ReplCompleteRequest is the body of POST /repl/complete. Pos counts UTF-16 code
// units, as JavaScript does.
type ReplCompleteRequest struct {
	Session string `json:"session,omitempty"`
	Code    string `json:"code"`
	Pos     int    `json:"pos"`
}

// ReplCompletions are the words that may stand from From (UTF-16) to Pos.
type ReplCompletions struct {
	From    int          `json:"from"`
	Options []ReplOption `json:"options"`
}

// ReplOption is one of them. Kinds: type, key, action, variable, function,
// property, method, keyword, command.
type ReplOption struct {
	Text   string `json:"text"`
	Kind   string `json:"kind"`
	Detail string `json:"detail,omitempty"`
}

// ReplHistory is the body of GET /repl/history: inputs, oldest first.
type ReplHistory struct {
	Items []string `json:"items"`
}

// ReplHistoryRequest is the body of POST /repl/history.
type ReplHistoryRequest struct {
	Code string `json:"code"`
}
