package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/rivetdev/rivet/internal/errs"
)

// Type is one actor type that the server's code defines.
type Type struct {
	Name    string
	Actions []string
}

// Types are the actor types that the server knows, by name. It needs the
// server's token.
func (c *Client) Types(ctx context.Context) ([]Type, error) {
	at := strings.TrimSuffix(c.URL(), "/registry") + "/studio/api/v1/types"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, errs.Wrap(errs.Internal, err, "make a request to %s", at)
	}
	req.Header = c.header.Clone()
	res, err := c.do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, errs.New(errs.Unsupported, "%s answered %s", at, res.Status)
	}
	var list []struct {
		Type    string
		Actions []struct{ Name string }
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, 16<<20)).Decode(&list); err != nil {
		return nil, errs.Wrap(errs.MalformedMessage, err, "the server's list of types is no JSON")
	}
	out := make([]Type, len(list))
	for i, t := range list {
		out[i].Name = t.Type
		for _, a := range t.Actions {
			out[i].Actions = append(out[i].Actions, a.Name)
		}
	}
	return out, nil
}
