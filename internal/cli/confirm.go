package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/rivetdev/rivet/internal/errs"
)

// declined: whoever was asked didn't say yes.
const declined errs.Code = "declined"

// confirm asks before what can't be taken back. On a terminal it asks question
// and wants y or, if typed isn't "", that word; yes (--yes) answers for the user.
// Where nobody can be asked --yes is needed: wrong usage.
func (a *App) confirm(ctx context.Context, question, typed string, yes bool) error {
	if yes {
		return nil
	}
	if !a.InTTY || !a.ErrTTY {
		return usage("nobody can be asked here: %s", question).hint("--yes goes ahead; --dry-run only tells what would be done")
	}
	p := painter(a.colorErr())
	how := "[y/N]"
	if typed != "" {
		how = "Type " + p.bold(a.errText(typed)) + " to go ahead:"
	}
	fmt.Fprintf(a.Err, "%s %s ", a.errText(question), how)
	answer, err := a.readLine(ctx)
	if err != nil {
		fmt.Fprintln(a.Err)
		return err
	}
	switch {
	case typed != "" && answer == typed:
		return nil
	case typed == "" && (strings.EqualFold(answer, "y") || strings.EqualFold(answer, "yes")):
		return nil
	}
	return errs.New(declined, "Nothing was changed.")
}

// readLine reads what is typed until Enter; Ctrl-D is no answer.
func (a *App) readLine(ctx context.Context) (string, error) {
	type line struct {
		text string
		err  error
	}
	read := make(chan line, 1)
	go func() { // a read of a terminal can't be broken off: after Ctrl-C it ends with the process
		text, err := bufio.NewReader(a.In).ReadString('\n')
		read <- line{text, err}
	}()
	select {
	case l := <-read:
		if l.err != nil && l.err != io.EOF {
			return "", l.err
		}
		return strings.TrimSpace(l.text), nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
