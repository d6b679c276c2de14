package cli

import (
	"strings"
	"testing"
)

// An error shows the command line; logs of CI keep what is shown.
func TestAnErrorDoesNotShowTheToken(t *testing.T) {
	t.Parallel()
	for _, typed := range [][]string{{"--token", "s3cret"}, {"--token=s3cret"}} {
		args := append([]string{"call", "counter/a", "get", "--url", "no-url"}, typed...)
		code, _, errOut := run(t, &App{}, args...)
		if code != 2 || !strings.Contains(errOut, "--token") || strings.Contains(errOut, "s3cret") {
			t.Errorf("%v: %d %s", args, code, errOut)
		}
	}
}
