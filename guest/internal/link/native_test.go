package link

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestMain makes the test binary a program that serves, when asked to.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_SERVE") != "" {
		Serve(nil)
	}
	os.Exit(m.Run())
}

func TestServeNatively(t *testing.T) {
	for _, tc := range []struct{ api, want string }{
		{"", "expected ali FC environment variables [FC_RUNTIME_API] are not defined\n"},
		{"127.0.0.1:1", "fc: FC_RUNTIME_API is set, but this build serves no runtime API; build for GOOS=wasip1\n"},
	} {
		t.Run("api="+tc.api, func(t *testing.T) {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "TEST_SERVE=1", "FC_RUNTIME_API="+tc.api)
			output, err := cmd.CombinedOutput()
			if err == nil || cmd.ProcessState.ExitCode() != 1 {
				t.Errorf("ended with %v, want exit status 1", err)
			}
			if !strings.HasSuffix(string(output), tc.want) {
				t.Errorf("printed %q, want suffix %q", output, tc.want)
			}
		})
	}
}
