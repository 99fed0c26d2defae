package sdkbuild_test

const (
	sdk = "github.com/aliyun/fc-runtime-go-sdk"
	own = "github.com/wafer-run/wafer"

	requireSDK = "\nrequire " + sdk + " v0.2.9\n"

	// hello answers with the key of a JSON event.
	hello = `package main

import (
	"context"

	"` + sdk + `/fc"
)

type event struct {
	Key string ` + "`json:\"key\"`" + `
}

func greet(_ context.Context, e event) (string, error) { return "hello, " + e.Key, nil }

func main() { fc.Start(greet) }
`

	// seeded draws from a generator that it seeded itself.
	seeded = `package main

import (
	"fmt"
	"math/rand"

	"` + sdk + `/fc"
)

func main() {
	rand.Seed(1)
	fc.Start(func() (string, error) { return fmt.Sprint(rand.Int()), nil })
}
`
	seededAnswer = `"5577006791947779410"`

	// semantics tells versions of the language apart (are loop variables made
	// anew?) and defaults of GODEBUG (is a panic with nil one?).
	semantics = `package main

import (
	"fmt"

	"` + sdk + `/fc"
)

func loop() (s string) {
	var fs []func() int
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { return min(i, 2) })
	}
	for _, f := range fs {
		s += fmt.Sprint(f())
	}
	return s
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func caught() (r interface{}) {
	defer func() {
		if r = recover(); r == nil {
			r = "nothing"
		}
	}()
	panic(nil)
}

func main() {
	fc.Start(func() (string, error) { return fmt.Sprintf("%s %v", loop(), caught()), nil })
}
`

	// everything imports each package that the SDK promises.
	everything = `package main

import (
	"context"
	"net/http"

	"` + sdk + `/events"
	"` + sdk + `/fc"
	"` + sdk + `/fc/messages"
	"` + sdk + `/fccontext"
)

var (
	_ events.HTTPTriggerEvent
	_ messages.InvokeResponse_Error
	_ = func(http.ResponseWriter) {}
)

func main() {
	fc.Start(func(ctx context.Context) (string, error) {
		c, _ := fccontext.FromContext(ctx)
		return c.RequestID, nil
	})
}
`
)

// answer is a handler that answers with what a function answer in body returns.
func answer(fc, imports, body string) string {
	return "package main\n\nimport (\n\t\"" + fc + "\"\n" + imports + "\n)\n\n" +
		"func main() { fc.Start(func() (string, error) { return answer(), nil }) }\n\n" + body + "\n"
}

// fork is another SDK, which must not end up in any function.
func fork(dir string) tree {
	return tree{
		dir + "/go.mod":    "module " + sdk + "\n",
		dir + "/fc/api.go": "package fc\n\nfunc Start(interface{}) { panic(\"the wrong SDK\") }\n",
	}
}

// tagged answers under the build tag special only, with a variable that the
// linker can set.
var tagged = plain.with(tree{
	"main.go": answer(sdk+"/fc", "", `var value = "not set"`),
	"on.go":   "//go:build special\n\npackage main\n\nfunc answer() string { return value }\n",
	"off.go":  "//go:build !special\n\npackage main\n\nfunc answer() string { return \"off\" }\n",
})

// workspace is a handler in a go.work with another module, with forks of the
// SDK, and with replacements whose paths are relative to it.
var workspace = tree{
	"go.work": "go 1.20\n\nuse (\n\t./h\n\t./lib\n\t./used\n)\n\n" +
		"replace " + sdk + " v0.2.9 => ./replaced\n" +
		"replace example.org/deep v1.0.0 => \"./deep  dir\"\n",
	"lib/go.mod":       "module example.org/lib\n\ngo 1.20\n\nrequire example.org/deep v1.0.0\n",
	"lib/lib.go":       "package lib\n\nimport \"example.org/deep\"\n\nconst Name = \"lib, \" + deep.Name\n",
	"deep  dir/go.mod": "module example.org/deep\n",
	"deep  dir/d.go":   "package deep\n\nconst Name = \"deep\"\n",
	"h/go.mod":         plain["go.mod"],
	"h/main.go":        answer(sdk+"/fc", "\t\"example.org/lib\"", "func answer() string { return lib.Name }"),
}.with(fork("used")).with(fork("replaced"))

// vendored is a handler with a vendor directory: the SDK as it was released,
// with files that ours does not have, and another module.
var vendored = tree{
	"go.mod":  "module example.org/h\n\ngo 1.18\n" + requireSDK + "\nrequire example.org/dep v1.0.0\n",
	"go.sum":  "",
	"main.go": answer(sdk+"/fc", "\t\"example.org/dep\"", "func answer() string { return dep.Name }"),
	"vendor/modules.txt": "# example.org/dep v1.0.0\n## explicit; go 1.13\nexample.org/dep\n" +
		"# " + sdk + " v0.2.9\n## explicit; go 1.13\n" + sdk + "/fc\n" + sdk + "/fccontext\n",
	"vendor/example.org/dep/dep.go":     "package dep\n\nconst Name = \"dep\"\n",
	"vendor/" + sdk + "/fc/start.go":    "package fc\n\nfunc Start(interface{}) { panic(\"the wrong SDK\") }\n",
	"vendor/" + sdk + "/fc/removed.go":  "package fc\n\nthis does not compile\n",
	"vendor/" + sdk + "/fccontext/c.go": "package fccontext\n\nthis does not compile\n",
}
