package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// importPart is how many bytes of an import are one request: a server takes a
// request of a bounded size, but an export is as large as the data.
const importPart = 256 << 20

// ImportOptions say what an import does with actors that exist.
type ImportOptions struct {
	Replace bool  // else they are left as they are
	DryRun  bool  // change nothing
	Part    int64 // bytes of a request, and the rest of its last line; 0: 256 MiB
}

// Import sends lines of an export, in as many requests as it takes; done is told
// what became of each, in order.
func (in *Inspector) Import(ctx context.Context, from io.Reader, o ImportOptions, done func(inspect.Imported) error) error {
	if o.Part <= 0 {
		o.Part = importPart
	}
	r := bufio.NewReaderSize(from, 1<<16)
	for before := 0; ; {
		part := &part{r: r, left: o.Part}
		if err := in.importPart(ctx, part, o, before, done); err != nil {
			return err
		}
		before += part.lines
		if _, err := r.Peek(1); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return errs.Wrap(errs.Usage, err, "read what is imported")
		}
	}
}

// importPart sends one request; before is how many lines came earlier.
func (in *Inspector) importPart(ctx context.Context, from *part, o ImportOptions, before int, done func(inspect.Imported) error) error {
	mode, dry := "create-only", ""
	if o.Replace {
		mode = "replace"
	}
	if o.DryRun {
		dry = "true"
	}
	res, err := in.send(ctx, "POST", "/import", params("mode", mode, "dryRun", dry), from)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return lines(res.Body, func(b []byte) error {
		var line inspect.Imported
		if err := json.Unmarshal(b, &line); err != nil {
			return malformed("a line that is no JSON: %.80q", b)
		}
		line.Line += before
		return done(line)
	})
}

// part reads on from r for some bytes and then to the end of the line.
type part struct {
	r     *bufio.Reader
	left  int64
	last  byte // that was read
	lines int  // ends of lines that were read
}

func (p *part) Read(to []byte) (int, error) {
	if p.left <= 0 && p.last == '\n' {
		return 0, io.EOF
	}
	if _, err := p.r.Peek(1); err != nil {
		return 0, err
	}
	have, err := p.r.Peek(min(p.r.Buffered(), len(to)))
	if err != nil {
		return 0, err
	}
	if p.left > 0 {
		have = have[:min(int64(len(have)), p.left)]
	} else if i := bytes.IndexByte(have, '\n'); i >= 0 {
		have = have[:i+1]
	}
	n := copy(to, have)
	if n > 0 {
		p.last = to[n-1]
		p.left -= int64(n)
		p.lines += bytes.Count(to[:n], []byte("\n"))
	}
	_, err = p.r.Discard(n)
	return n, err
}
