package v0

import (
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// ErrorBody is an error as a client is told it.
type ErrorBody struct {
	Code     string
	Message  string
	Metadata value.Value // Undefined: none
}

// Mask is err as a client may see it, and its HTTP status. Public errors keep
// code, message and metadata; of all others only a server-side caller (whole)
// learns more than that there was one.
func Mask(err error, whole bool) (ErrorBody, int) {
	e := errs.As(err)
	if !e.Public && !whole {
		return ErrorBody{Code: string(errs.Internal), Message: MaskedMessage, Metadata: &value.Object{}}, 500
	}
	b := ErrorBody{Code: string(e.Code), Message: e.Msg, Metadata: e.Metadata}
	if e.Metadata == nil {
		b.Metadata = value.Undefined{}
	}
	return b, Status(e)
}

// statuses are those that are neither 400 nor, for what isn't public, 500.
var statuses = map[errs.Code]int{
	errs.Internal:             500,
	errs.StateNotEnabled:      500,
	errs.ConnStateNotEnabled:  500,
	errs.VarsNotEnabled:       500,
	errs.DatabaseNotEnabled:   500,
	errs.InvalidStateType:     500,
	errs.Unsupported:          500,
	errs.Unauthorized:         401,
	errs.Forbidden:            403,
	errs.FetchNotDefined:      404,
	errs.WebSocketNotDefined:  404,
	errs.InvalidFetchResponse: 500,
	errs.OutOfMemory:          500,
	errs.ActorNotReady:        503,
	errs.ActorOverloaded:      503,
	errs.ServerOverloaded:     503,
	errs.StorageUnavailable:   503,
	errs.ShuttingDown:         503,
}

// Status is the HTTP status of an error: its own, else its code's.
func Status(e *errs.Error) int {
	if e.Status >= 400 && e.Status <= 599 {
		return e.Status
	}
	if s, ok := statuses[e.Code]; ok {
		return s
	}
	if !e.Public {
		return 500
	}
	return 400
}

// AppendErrorBody appends the body of an HTTP error response. Metadata that
// the encoding can't express is left out.
func AppendErrorBody(dst []byte, enc Encoding, b ErrorBody) []byte {
	return appendErrorMap(dst, enc, b, nil)
}

// appendErrorMap appends {c, m, md?, ai?}.
func appendErrorMap(dst []byte, enc Encoding, b ErrorBody, action *int64) []byte {
	_, noMetadata := b.Metadata.(value.Undefined)
	if enc == CBOR {
		count := 2
		sizeAt := len(dst) + 2
		dst = append(dst, 0xb9, 0, 0, 0x61, 'c')
		dst = appendCBORText(dst, b.Code)
		dst = append(dst, 0x61, 'm')
		dst = appendCBORText(dst, b.Message)
		if !noMetadata {
			if with, err := value.AppendCBOR(append(dst, 0x62, 'm', 'd'), b.Metadata); err == nil {
				dst = with
				count++
			}
		}
		if action != nil {
			dst = appendCBORInt(append(dst, 0x62, 'a', 'i'), *action)
			count++
		}
		dst[sizeAt] = byte(count)
		return dst
	}
	dst = append(dst, `{"c":`...)
	dst = appendJSONText(dst, b.Code)
	dst = append(dst, `,"m":`...)
	dst = appendJSONText(dst, b.Message)
	if !noMetadata {
		if with, err := value.AppendJSON(append(dst, `,"md":`...), b.Metadata); err == nil {
			dst = with
		}
	}
	if action != nil {
		dst = appendInt(append(dst, `,"ai":`...), *action)
	}
	return append(dst, '}')
}
