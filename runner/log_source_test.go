package runner_test

import (
	"testing"

	"github.com/wafer-run/wafer/hostfns/logs"
	"github.com/wafer-run/wafer/runner"
)

func TestLogSource(t *testing.T) {
	f := runner.NewFunctionConfig("f")
	for name, c := range map[string]struct {
		cfg  runner.FunctionConfig
		want logs.Source
	}{
		"plain":     {f, logs.Source{Function: "f", Qualifier: "LATEST", Version: "LATEST"}},
		"of 2.0":    {f.WithService("svc"), logs.Source{Service: "svc", Function: "f", Qualifier: "LATEST", Version: "LATEST"}},
		"alias":     {f.WithVersion("prod", "7"), logs.Source{Function: "f", Qualifier: "prod", Version: "7"}},
		"of LATEST": {f.WithVersion("canary", ""), logs.Source{Function: "f", Qualifier: "canary", Version: "LATEST"}},
		"unnamed":   {f.WithVersion("", ""), logs.Source{Function: "f", Qualifier: "LATEST", Version: "LATEST"}},
	} {
		if c.want.InstanceID = "c-1"; c.cfg.LogSource("c-1") != c.want {
			t.Errorf("%s: %+v, want %+v", name, c.cfg.LogSource("c-1"), c.want)
		}
	}
}
