package front

import (
	"bytes"
	"strings"
)

// coding is a content coding that the front can apply. Better ones are larger.
type coding uint8

const (
	identity coding = iota
	gzipped
	zstandard
)

// codingNames are what codings are called in headers.
var codingNames = [...]string{gzipped: "gzip", zstandard: "zstd"}

// negotiate picks the coding that a client likes best, given its Accept-Encoding
// lines; of those it likes equally, the better one. A client that says that it
// would rather have the answer as it is gets that.
func negotiate(accept [][]byte) coding {
	const unset = -1
	q := [...]int{identity: unset, gzipped: unset, zstandard: unset}
	rest := unset // of those not named
	for _, list := range accept {
		for len(list) > 0 {
			var element []byte
			element, list, _ = bytes.Cut(list, []byte{','})
			name, parameters, _ := bytes.Cut(element, []byte{';'})
			weight := weightOf(parameters)
			switch name = bytes.TrimSpace(name); {
			case isName(name, "gzip"), isName(name, "x-gzip"):
				q[gzipped] = weight
			case isName(name, "zstd"):
				q[zstandard] = weight
			case isName(name, "identity"):
				q[identity] = weight
			case isName(name, "*"):
				rest = weight
			}
		}
	}
	best := identity
	for c := gzipped; c <= zstandard; c++ {
		if q[c] == unset {
			q[c] = rest
		}
		if q[c] > 0 && q[c] >= q[best] {
			best = c
		}
	}
	return best
}

// weightOf reads the weight among an element's parameters, in thousandths. One
// that is malformed counts as 0: better no compression than one that the client
// did not mean.
func weightOf(parameters []byte) int {
	for len(parameters) > 0 {
		var p []byte
		p, parameters, _ = bytes.Cut(parameters, []byte{';'})
		if name, value, _ := bytes.Cut(p, []byte{'='}); isName(bytes.TrimSpace(name), "q") {
			return thousandths(bytes.TrimSpace(value))
		}
	}
	return 1000
}

// thousandths reads 0, 1 or 0.5, with up to three digits.
func thousandths(b []byte) int {
	if len(b) == 0 || len(b) > 5 || b[0] != '0' && b[0] != '1' || len(b) > 1 && b[1] != '.' {
		return 0
	}
	n, unit := int(b[0]-'0')*1000, 100
	for _, c := range b[min(len(b), 2):] {
		if c < '0' || c > '9' {
			return 0
		}
		n += int(c-'0') * unit
		unit /= 10
	}
	if n > 1000 {
		return 0
	}
	return n
}

// compressible reports whether content of that type is worth compressing: text
// in the widest sense. Pictures, sound, video and archives are compressed
// already, and what has no type may be anything.
func compressible(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml") {
		return true
	}
	switch kind {
	case "application/json", "application/javascript", "application/xml", "application/x-javascript",
		"application/x-ndjson", "application/jsonl", "application/json-seq", "application/graphql",
		"application/x-yaml", "application/yaml", "application/toml", "application/wasm",
		"application/x-www-form-urlencoded", "application/vnd.ms-fontobject", "font/ttf", "font/otf",
		"image/bmp", "image/x-icon", "image/vnd.microsoft.icon":
		return true
	}
	return false
}
