// Package fcid makes ids in the formats that FC has. They are distinct, not
// secret.
package fcid

import (
	"math/rand/v2"
	"time"
)

// Request is one of FC 3.0: 1, the Unix time in seconds and 24 random digits, all
// hexadecimal.
func Request(now time.Time) string {
	var b [1 + 1 + 8 + 1 + 24]byte
	b[0], b[1], b[10] = '1', '-', '-'
	put(b[2:10], uint64(now.Unix()))
	put(b[11:27], rand.Uint64())
	put(b[27:], rand.Uint64())
	return string(b[:])
}

// UUID is a request id of FC 2.0, and of version 4 in RFC 9562.
func UUID() string {
	var b [36]byte
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	const version, variant = 4, 0b10
	high, low := rand.Uint64(), rand.Uint64()
	high = high&^0xf000 | version<<12
	low = low&^(0b11<<62) | variant<<62
	put(b[:8], high>>32)
	put(b[9:13], high>>16)
	put(b[14:18], high)
	put(b[19:23], low>>48)
	put(b[24:], low)
	return string(b[:])
}

// Instance is one as FC has shown them since 2023.
func Instance() string {
	var b [1 + 1 + 8 + 1 + 8 + 1 + 12]byte
	b[0], b[1], b[10], b[19] = 'c', '-', '-', '-'
	n := rand.Uint64()
	put(b[2:10], n>>32)
	put(b[11:19], n)
	put(b[20:], rand.Uint64())
	return string(b[:])
}

// put writes the lowest digits of n.
func put(b []byte, n uint64) {
	const digits = "0123456789abcdef"
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = digits[n&0xf]
		n >>= 4
	}
}
