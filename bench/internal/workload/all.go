package workload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

const (
	handlers  = "bench/testdata/handlers/"
	echoSize  = 64 << 10
	transform = 1 << 20 // bytes of JSON, about
)

// All returns every workload, the cheapest first.
func All() []*Workload {
	return []*Workload{
		Hello(),
		{
			Name: "web", About: "an application on the router chi", Dir: handlers + "web",
			Kind: HTTP, Method: "GET", Path: "/users/42?sort=name", check: equal(`{"id":"42","sort":"name"}`),
		},
		{
			Name: "echo", About: "HTTP echo of a body of 64 KB", Dir: handlers + "echo",
			Kind: HTTP, Method: "POST", Path: "/", Body: bytes.Repeat([]byte("0123456789abcdef"), echoSize/16), check: length(echoSize),
		},
		{
			Name: "warmup", About: "a handler whose initializer fills a table of 262,144 entries", Dir: handlers + "warmup",
			Kind: Event, Initializer: true, Body: []byte(`{"word":7}`), check: equal(`"` + wordSeven + `"`),
		},
		{
			Name: "compute", About: "a regular expression over 2,000 lines, a sort, SHA-256", Dir: handlers + "compute",
			Kind: Event, Body: []byte(`{"lines":2000}`), check: equal(`"` + computed + `"`),
		},
		{
			Name: "transform", About: "1 MB of JSON decoded, grouped and encoded", Dir: handlers + "transform",
			Kind: Event, Body: records(), check: grouped,
		},
	}
}

// Hello returns the smallest workload: a JSON event and a JSON answer.
func Hello() *Workload {
	return &Workload{
		Name: "hello", About: "a JSON event of 15 bytes", Dir: handlers + "hello",
		Kind: Event, Body: []byte(`{"key":"value"}`), check: equal(`"hello, value!"`),
	}
}

// Named returns the workload of that name, or nil.
func Named(name string) *Workload {
	for _, w := range All() {
		if w.Name == name {
			return w
		}
	}
	return nil
}

// What the handlers in Go return for the bodies above.
const (
	wordSeven = "22e51970"
	computed  = "f5ddfa8f8ee58c50dfab308faf534bc91e2f0c938a5615bde0277d0d6dc26299"
)

// records is the event of transform.
func records() []byte {
	random := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	b.WriteString(`{"records":[`)
	for i := 0; b.Len() < transform; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"name":"record %d","group":"group %d","amount":%.2f,"tags":["tag %d","tag %d"]}`,
			i, i, random.IntN(50), 100*random.Float64(), random.IntN(20), random.IntN(20))
	}
	b.WriteString("]}")
	return b.Bytes()
}

// grouped checks the answer of transform, which is not the same in every
// language byte by byte.
func grouped(answer []byte) error {
	var groups []struct {
		Count   int
		Records []json.RawMessage
	}
	if err := json.Unmarshal(answer, &groups); err != nil {
		return err
	}
	n := 0
	for _, g := range groups {
		if g.Count != len(g.Records) {
			return fmt.Errorf("a group counts %d records and has %d", g.Count, len(g.Records))
		}
		n += g.Count
	}
	if len(groups) != 50 || n < 9000 {
		return fmt.Errorf("%d groups with %d records, want 50 with all", len(groups), n)
	}
	return nil
}
