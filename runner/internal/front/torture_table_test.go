package front

import "strings"

// torture lists requests that are broken, ambiguous, too large, too slow or
// meant for another protocol, and some odd ones that are fine.
func torture() []hostile {
	const (
		host     = "Host: x\r\n"
		smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
	)
	get := func(headers string) string { return "GET / HTTP/1.1\r\n" + host + headers + "\r\n" }
	post := func(headers, body string) string {
		return "POST / HTTP/1.1\r\n" + host + headers + "\r\n\r\n" + body
	}
	chunked := func(body string) string { return post("Transfer-Encoding: chunked", body) }
	long := func(n int) string { return strings.Repeat("x", n) }
	return []hostile{
		// Framing: two readers, two ends of the same request.
		{"length and chunks", post("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n"+smuggled), "400 closed"},
		{"chunks and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"+smuggled), "400 closed"},
		{"chunks and length in capitals", post("TRANSFER-ENCODING: chunked\r\nCONTENT-LENGTH: 5", "0\r\n\r\n"+smuggled), "400 closed"},
		{"lengths that differ", post("Content-Length: 0\r\nContent-Length: 35", smuggled), "400 closed"},
		{"lengths that agree", post("Content-Length: 3\r\nContent-Length: 3", "abc"), "400 closed"},
		{"list of lengths", post("Content-Length: 3, 3", "abc"), "400 closed"},
		{"negative length", post("Content-Length: -1", ""), "400 closed"},
		{"signed length", post("Content-Length: +3", "abc"), "400 closed"},
		{"hexadecimal length", post("Content-Length: 0x3", "abc"), "400 closed"},
		{"length with a fraction", post("Content-Length: 3.0", "abc"), "400 closed"},
		{"empty length", post("Content-Length: ", smuggled), "400 closed"},
		{"length with a space inside", post("Content-Length: 3 6", "abc"), "400 closed"},
		{"length over 2^63", post("Content-Length: 9223372036854775808", "abc"), "400 closed"},
		{"length of 2^63 - 1", post("Content-Length: 9223372036854775807", "abc"), "400 closed"},
		{"length over 2^64", post("Content-Length: 18446744073709551619", "abc"), "400 closed"},
		{"length over the limit", post("Content-Length: 999999999999", "abc"), "400 closed"},
		{"chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), "400 closed"},
		{"chunked and more", post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"), "400 closed"},
		{"chunked not last", post("Transfer-Encoding: chunked, identity", "0\r\n\r\n"), "400 closed"},
		{"identity", post("Transfer-Encoding: identity\r\nContent-Length: 3", "abc"), "400 closed"},
		{"identity alone", post("Transfer-Encoding: identity", smuggled), "400 closed"},
		{"unknown coding", post("Transfer-Encoding: xchunked", "0\r\n\r\n"), "400 closed"},
		{"chunked by a tab", post("Transfer-Encoding:\tchunked", "0\r\n\r\n"), "200 open"},
		{"chunked in quotes", post("Transfer-Encoding: \"chunked\"", "0\r\n\r\n"), "400 closed"},
		{"chunked after a vertical tab", post("Transfer-Encoding: \x0bchunked", "0\r\n\r\n"), "400 closed"},
		{"chunked in HTTP/1.0", "POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled, "400 closed"},
		{"space before the colon", post("Transfer-Encoding : chunked", "0\r\n\r\n"), "400 closed"},
		{"length with a space before the colon", post("Content-Length : 35", smuggled), "400 closed"},

		// Chunks.
		{"no chunk size", chunked("\r\nabc\r\n0\r\n\r\n"), "400 closed"},
		{"negative chunk", chunked("-3\r\nabc\r\n0\r\n\r\n"), "400 closed"},
		{"signed chunk", chunked("+3\r\nabc\r\n0\r\n\r\n"), "400 closed"},
		{"chunk with a prefix", chunked("0x3\r\nabc\r\n0\r\n\r\n"), "400 closed"},
		{"chunk over 2^64", chunked("10000000000000003\r\nabc\r\n0\r\n\r\n"), "400 closed"},
		{"chunk over the limit", chunked("7fffffff\r\nabc"), "408 closed"},
		{"chunk longer than its size", chunked("3\r\nabcdef\r\n0\r\n\r\n"), "400 closed"},
		{"chunk size ends in LF", chunked("3\nabc\r\n0\r\n\r\n"), "400 closed"},
		{"chunk ends in LF", chunked("3\r\nabc\n0\r\n\r\n"), "400 closed"},
		{"chunk extension with LF", chunked("3;a\n=b\r\nabc\r\n0\r\n\r\n"), "400 closed"},
		{"chunk extension", chunked("3;a=b\r\nabc\r\n0\r\n\r\n"), "200 open"},
		{"chunk extension without end", chunked("3;" + long(100_000)), "400 closed"},
		{"trailers", chunked("3\r\nabc\r\n0\r\nX-Checksum: 1\r\n\r\n"), "200 open"},
		{"trailer that frames", chunked("3\r\nabc\r\n0\r\nContent-Length: 35\r\n\r\n" + smuggled), "400 closed"},
		{"trailers without end", chunked("3\r\nabc\r\n0\r\n" + strings.Repeat("A: "+long(1000)+"\r\n", 100)), "400 closed"},

		// Heads.
		{"folded header", get("A: b\r\n c\r\n"), "400 closed"},
		{"folded header by a tab", get("A: b\r\n\tc\r\n"), "400 closed"},
		{"fold before the first header", "GET / HTTP/1.1\r\n " + host + "\r\n", "400 closed"},
		{"folded framing", post("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"), "400 closed"},
		{"bare LF in headers", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", "400 closed"},
		{"bare LF before the body", "POST / HTTP/1.1\r\nHost: x\nContent-Length: 35\n\n" + smuggled, "400 closed"},
		{"bare CR in a value", get("A: b\rC: d\r\n"), "400 closed"},
		{"bare CR in a name", get("A\rB: d\r\n"), "400 closed"},
		{"NUL in a value", get("A: b\x00c\r\n"), "400 closed"},
		{"NUL in a name", get("A\x00: b\r\n"), "400 closed"},
		{"escape in a value", get("A: \x1b[31m\r\n"), "400 closed"},
		{"bytes over 127 in a value", get("A: \xff\xfe\r\n"), "200 open"},
		{"bytes over 127 in a name", get("\xc3\xa9: b\r\n"), "400 closed"},
		{"no colon", get("nonsense\r\n"), "400 closed"},
		{"no name", get(": b\r\n"), "400 closed"},
		{"space in a name", get("A B: c\r\n"), "400 closed"},
		{"slash in a name", get("A/B: c\r\n"), "400 closed"},
		{"no host", "GET / HTTP/1.1\r\n\r\n", "400 closed"},
		{"two hosts", get("Host: y\r\n"), "400 closed"},
		{"host with a slash", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", "400 closed"},
		{"host with a space", "GET / HTTP/1.1\r\nHost: x y\r\n\r\n", "400 closed"},
		{"host with a user", "GET / HTTP/1.1\r\nHost: a@x\r\n\r\n", "400 closed"},
		{"one large header", get("A: " + long(100_000) + "\r\n"), "400 closed"},
		{"header over FC's limit", get("A: " + long(9000) + "\r\n"), "400 open"},
		{"many headers", get(strings.Repeat("A: b\r\n", 20_000)), "400 closed"},
		{"headers without end", "GET / HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", 20_000), "400 closed"},
		{"unknown expectation", post("Expect: a-miracle\r\nContent-Length: 3", "abc"), "400 closed"},
		{"expectation of too much", post("Expect: 100-continue\r\nContent-Length: 99999999", ""), "400 closed"},

		// Request lines.
		{"nothing but line ends", "\r\n\r\n" + get(""), "200 open"},
		{"line ends without end", strings.Repeat("\r\n", 50_000), "closed"},
		{"HTTP/0.9", "GET /\r\n\r\n", "400 closed"},
		{"no version", "GET / \r\n" + host + "\r\n", "400 closed"},
		{"HTTP/1.2", "GET / HTTP/1.2\r\n" + host + "\r\n", "400 closed"},
		{"HTTP/2.0", "GET / HTTP/2.0\r\n" + host + "\r\n", "400 closed"},
		{"version in small letters", "GET / http/1.1\r\n" + host + "\r\n", "400 closed"},
		{"version with spaces", "GET /  HTTP/1.1\r\n" + host + "\r\n", "400 closed"},
		{"tab as a separator", "GET\t/\tHTTP/1.1\r\n" + host + "\r\n", "400 closed"},
		{"no method", " / HTTP/1.1\r\n" + host + "\r\n", "400 closed"},
		{"method with a NUL", "GE\x00T / HTTP/1.1\r\n" + host + "\r\n", "400 closed"},
		{"method with a bracket", "GE[T / HTTP/1.1\r\n" + host + "\r\n", "400 closed"},
		{"method without end", long(100_000), "400 closed"},
		{"method of small letters", "get / HTTP/1.1\r\n" + host + "\r\n", "403 open"},
		{"TRACE", "TRACE / HTTP/1.1\r\n" + host + "\r\n", "403 open"},
		{"CONNECT", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", "400 closed"},
		{"asterisk", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", "400 closed"},
		{"absolute form", "GET http://y/abs HTTP/1.1\r\n" + host + "\r\n", "200 open"},
		{"absolute form without a host", "GET http:///abs HTTP/1.1\r\n" + host + "\r\n", "400 closed"},
		{"absolute form with a user", "GET http://a@y/abs HTTP/1.1\r\n" + host + "\r\n", "400 closed"},
		{"absolute form of FTP", "GET ftp://y/abs HTTP/1.1\r\n" + host + "\r\n", "400 closed"},
		{"absolute form with a bad port", "GET http://y:z/abs HTTP/1.1\r\n" + host + "\r\n", "400 closed"},
		{"relative path", "GET path HTTP/1.1\r\n" + host + "\r\n", "400 closed"},
		{"path with a NUL", "GET /a\x00b HTTP/1.1\r\n" + host + "\r\n", "400 closed"},
		{"path with an encoded NUL", "GET /a%00b HTTP/1.1\r\n" + host + "\r\n", "200 open"},
		{"path that is not UTF-8", "GET /\xff\xfe HTTP/1.1\r\n" + host + "\r\n", "200 open"},
		{"path with an encoded line end", "GET /a%0d%0aSet-Cookie:b HTTP/1.1\r\n" + host + "\r\n", "200 open"},
		{"path with a broken escape", "GET /%zz HTTP/1.1\r\n" + host + "\r\n", "400 open"},
		{"path with a fragment", "GET /a#b HTTP/1.1\r\n" + host + "\r\n", "200 open"},
		{"path over FC's limit", "GET /" + long(5000) + " HTTP/1.1\r\n" + host + "\r\n", "400 open"},
		{"path without end", "GET /" + long(100_000), "400 closed"},

		// Other protocols.
		{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", "400 closed"},
		{"TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + long(500), "400 closed"},
		{"SSH", "SSH-2.0-OpenSSH_9.9\r\n", "400 closed"},
		{"SOCKS", "\x05\x01\x00", "400 closed"},
		{"PROXY line", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + get(""), "400 closed"},
		{"a picture", "\x89PNG\r\n\x1a\n" + long(200), "400 closed"},

		// Slow ones, which wait for what never comes.
		{"nothing", "", "closed"},
		{"half a request line", "GET / HT", "408 closed"},
		{"half a head", "GET / HTTP/1.1\r\nHost: x\r\nA: ", "408 closed"},
		{"no body", post("Content-Length: 10", ""), "408 closed"},
		{"half a body", post("Content-Length: 10", "abcde"), "408 closed"},
		{"half a chunk", chunked("5\r\nabc"), "408 closed"},
		{"half a chunk size", chunked("5"), "408 closed"},
		{"chunks without end", chunked("5\r\nabcde\r\n"), "408 closed"},
		{"half a next request", get("") + "GET / HT", "200 408 closed"},

		// Several requests in one piece.
		{"pipeline", get("") + get("") + get(""), "200 200 200 open"},
		{"pipeline with bodies", post("Content-Length: 3", "abc") + chunked("3\r\nabc\r\n0\r\n\r\n") + get(""), "200 200 200 open"},
		{"pipeline behind a refusal", get("A: b\r\n c\r\n") + smuggled, "400 closed"},
		{"pipeline behind close", get("Connection: close\r\n") + smuggled, "200 closed"},
		{"pipeline behind close in a list", get("Connection: x, close\r\n") + smuggled, "200 closed"},
		{"pipeline behind HTTP/1.0", "GET / HTTP/1.0\r\n" + host + "\r\n" + smuggled, "200 closed"},
		{"upgrade", get("Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"), "200 open"},
		{"body with GET", "GET / HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc", "200 open"},
		{"body with HEAD", "DELETE / HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc", "200 open"},
	}
}
