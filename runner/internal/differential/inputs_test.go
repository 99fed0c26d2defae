package differential

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// events are sent to every function: some fit its handler, most do not.
var events = []string{
	"", "null", "{}", "[]", "true", `"x"`, `""`, "0", "3", "6", "7", "-1", "1.5", "1e400", "9223372036854775808",
	`"h\u00e9llo \u0000 \ud83d\ude00 \ud800 </script>&"`, "\"héllo 😀 世界\"", "\"\xff\xfe\"", "\xff\x00\xfe", "\ufeff{}",
	`{"key":"value"}`, `{"key":"a","key":"b","KEY":"c"}`, `{"key":1}`, `{"key":null,"x":[1,{"y":2}],"z":true}`,
	`{"key":`, `{"key":"value"} x`, `{key:1}`, " \n\t{} ", "[1,2", `"unterminated`,
	strings.Repeat("[", 20_000), strings.Repeat("[", 500) + strings.Repeat("]", 500),
	`"` + strings.Repeat("x", 1<<18) + `"`, `{"key":"` + strings.Repeat("é", 100_000) + `"}`, strings.Repeat("\x00", 70_000),
}

// special are events for one example.
var special = map[string][]string{
	"error":        {"1", "10", "11"},
	"event-struct": {`{"item":"pen","count":3,"price":150}`, `{"count":-1}`, `{"count":1,"price":9223372036854775807}`},
	"initializer":  {`"en"`, `"de"`, `"fr"`, `"en"`},
	"log-fatal":    {`"you"`, `""`, `"you"`, `""`, `"again"`},
	"logger":       {`"you"`, `"two\nlines"`},
	"oss-event": {
		`{"events":[{"eventName":"ObjectCreated:PutObject","oss":{"bucket":{"name":"b"},"object":{"key":"k.png","size":1}}}]}`,
		`{"events":[{"eventName":"ObjectCreated:PutObject"}]}`, `{"events":[{}]}`, `{"events":[null]}`,
		`{"events":[{"eventName":"x","eventTime":"yesterday"}]}`,
	},
	"panic":          {"0", "6", "7", "-1", "1000000000000"},
	"remaining-time": {`{"steps":3,"stepTime":1}`, `{"steps":1,"stepTime":100000}`},
	"timer-event": {
		`{"triggerTime":"2026-11-22T05:30:52Z","triggerName":"t","payload":"p"}`,
		`{"triggerTime":"soon","triggerName":"t"}`,
	},
	"http-trigger-event": {
		`{"version":"v1","rawPath":"/p","body":"aGk=","isBase64Encoded":true,"headers":{},"queryParameters":{"a":"b"},` +
			`"requestContext":{"http":{"method":"PUT"}}}`,
		`{"body":"!","isBase64Encoded":true,"requestContext":{"http":{"method":"PUT"}}}`,
		`{"body":"x","requestContext":{"http":{"method":"PUT"}}}`,
	},
}

// generated returns JSON documents that chance made, always the same ones. Keys
// are those of the examples' events, so that some values get somewhere.
func generated(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	docs := make([]string, n)
	for i := range docs {
		doc, err := json.Marshal(value(r, 4))
		if err != nil {
			panic(err)
		}
		docs[i] = string(doc)
	}
	return docs
}

var keys = []string{
	"key", "item", "count", "price", "steps", "events", "eventName", "oss", "bucket", "object", "name",
	"triggerTime", "triggerName", "payload", "body", "isBase64Encoded", "requestContext", "http", "method", "ключ", "",
}

func value(r *rand.Rand, depth int) any {
	kinds := 8
	if depth == 0 {
		kinds = 6
	}
	switch r.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2:
		return r.IntN(20) - 5
	case 3:
		return r.NormFloat64() * 1e6
	case 4:
		return keys[r.IntN(len(keys))]
	case 5:
		return fmt.Sprintf("%c<%d>&\n", rune(r.IntN(0x2000)), r.Uint64())
	case 6:
		list := make([]any, r.IntN(4))
		for i := range list {
			list[i] = value(r, depth-1)
		}
		return list
	}
	object := map[string]any{}
	for range r.IntN(6) {
		object[keys[r.IntN(len(keys))]] = value(r, depth-1)
	}
	return object
}
