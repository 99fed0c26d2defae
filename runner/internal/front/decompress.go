package front

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow is the largest window of zstd that a body may need, in bytes. RFC
// 9659 tells senders to stay within it.
const maxWindow = 8 << 20

// decompress undoes the coding of the body of a request to an HTTP trigger, where
// the server is to do that and knows it. What it makes counts against the limits as it grows, so that a small
// body cannot become a large one.
func (x *exchange) decompress() error {
	if !x.s.cfg.Decompress || !x.route.trigger || len(x.body) == 0 {
		return nil
	}
	coding := x.rc.Request.Header.Peek("Content-Encoding")
	var (
		plain io.Reader
		err   error
	)
	switch packed := bytes.NewReader(x.body); {
	case isName(coding, "gzip"), isName(coding, "x-gzip"):
		plain, err = gzip.NewReader(packed)
	case isName(coding, "zstd"):
		var d *zstd.Decoder
		d, err = zstd.NewReader(packed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err == nil {
			defer d.Close()
			plain = d
		}
	default:
		return nil // the function's business
	}
	// Until this is over there are two bodies.
	packed := x.reserved
	x.body, x.reserved = nil, 0
	defer x.s.bodies.release(packed)
	if err == nil {
		err = x.readPlain(plain)
	}
	var refused *apiError
	switch {
	case errors.As(err, &refused):
		return err
	case err != nil:
		return refuse(invalidArgument, fmt.Sprintf("the request body is not what its Content-Encoding %s says: %v", excerpt(string(coding)), err))
	}
	x.unpacked = true
	return nil
}

// aboutCoding reports whether a header describes a body as it was sent, and not
// as it is once it is decompressed.
func aboutCoding(key []byte) bool {
	return isName(key, "Content-Encoding") || isName(key, "Content-Length")
}

// readPlain reads a body that is being decompressed.
func (x *exchange) readPlain(plain io.Reader) error {
	limit := x.limits.Body
	for {
		if len(x.body) == cap(x.body) {
			if err := x.growBody(limit + 1); err != nil {
				return err
			}
		}
		n, err := plain.Read(x.body[len(x.body):cap(x.body)])
		x.body = x.body[:len(x.body)+n]
		switch {
		case len(x.body) > limit:
			return x.tooLarge(limit, "more when it is decompressed")
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}
