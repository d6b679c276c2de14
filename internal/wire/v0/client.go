package v0

import (
	"fmt"

	"github.com/rivetdev/rivet/internal/value"
)

// ToClient is one frame of a server, as a client reads it. Of the pointers one is set.
type ToClient struct {
	Init   *InitFrame
	Error  *ErrorFrame
	Result *ResultFrame
	Event  *EventFrame
	Beat   bool
}

// InitFrame says that the connection is open.
type InitFrame struct{ ActorID, ConnID, Token string }

// ErrorFrame is an error of an action or, without one, of the connection.
type ErrorFrame struct {
	ErrorBody
	Action    int64
	HasAction bool
}

// ResultFrame answers an action.
type ResultFrame struct {
	Action int64
	Output value.Value // Undefined when absent
}

// EventFrame is an event.
type EventFrame struct {
	Name string
	Args []value.Value
}

// ParseToClient reads one frame of a server.
func ParseToClient(enc Encoding, data []byte) (ToClient, error) {
	var f ToClient
	v, err := parse(enc, data)
	if err != nil {
		return f, fmt.Errorf("read frame: %w", err)
	}
	body, err := member(v, "b")
	if err != nil {
		return f, err
	}
	if o, ok := get(body, "i").(*value.Object); ok {
		f.Init = &InitFrame{text(o, "ai"), text(o, "ci"), text(o, "ct")}
		return f, nil
	}
	if o, ok := get(body, "e").(*value.Object); ok {
		f.Error = &ErrorFrame{ErrorBody: errorBody(o)}
		f.Error.Action, f.Error.HasAction = integer(get(o, "ai"))
		return f, nil
	}
	if o, ok := get(body, "ar").(*value.Object); ok {
		id, ok := integer(get(o, "i"))
		f.Result = &ResultFrame{Action: id, Output: get(o, "o")}
		if !ok {
			return f, fmt.Errorf("read frame: result without an id")
		}
		return f, nil
	}
	if o, ok := get(body, "ev").(*value.Object); ok {
		args, ok := get(o, "a").(*value.Array)
		if !ok {
			return f, fmt.Errorf("read frame: event without arguments")
		}
		f.Event = &EventFrame{Name: text(o, "n"), Args: args.Items}
		return f, nil
	}
	if _, f.Beat = body.Get("hb"); f.Beat {
		return f, nil
	}
	return f, fmt.Errorf("read frame: unknown kind")
}

// ParseActionResponse reads the body that answers a call.
func ParseActionResponse(enc Encoding, data []byte) (value.Value, error) {
	return parseMember(enc, data, "o")
}

// ParseResolved reads the body that answers a resolve.
func ParseResolved(enc Encoding, data []byte) (string, error) {
	v, err := parseMember(enc, data, "i")
	id, ok := v.(string)
	if err == nil && !ok {
		err = fmt.Errorf("read response: no actor id in it")
	}
	return id, err
}

func parseMember(enc Encoding, data []byte, name string) (value.Value, error) {
	v, err := parse(enc, data)
	if err != nil {
		return nil, fmt.Errorf("read response: %w", err)
	}
	o, ok := v.(*value.Object)
	if !ok {
		return nil, fmt.Errorf("read response: expected an object, received %s", typeName(v))
	}
	return get(o, name), nil
}

func errorBody(o *value.Object) ErrorBody {
	return ErrorBody{Code: text(o, "c"), Message: text(o, "m"), Metadata: get(o, "md")}
}

func text(o *value.Object, name string) string {
	s, _ := get(o, name).(string)
	return s
}
