package front

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	// gzipLevel and the fastest level of zstd compress text about as fast as a
	// function can produce it.
	gzipLevel = 4
	// zstdWindow is how far back zstd looks, in bytes. It decides on its memory.
	zstdWindow = 128 << 10
	// maxEncoders is how many streamed answers are compressed at once. Each holds
	// an encoder of some 1 MB until it ends, which may take hours; those beyond
	// it leave as they are.
	maxEncoders = 256
)

// encoder compresses one answer at a time.
type encoder interface {
	io.Writer
	Flush() error
	Close() error
	Reset(io.Writer)
}

// encoders are encoders that have been used, and a count of those that streams
// hold.
type encoders struct {
	pools   [len(codingNames)]sync.Pool
	streams atomic.Int64
}

// take reserves an encoder for a stream.
func (e *encoders) take() bool {
	if e.streams.Add(1) > maxEncoders {
		e.streams.Add(-1)
		return false
	}
	return true
}

func (e *encoders) get(c coding, w io.Writer) encoder {
	if enc, ok := e.pools[c].Get().(encoder); ok {
		enc.Reset(w)
		return enc
	}
	if c == zstandard {
		// One at a time, or it would start goroutines. The options are valid.
		enc, _ := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest),
			zstd.WithWindowSize(zstdWindow), zstd.WithLowerEncoderMem(true), zstd.WithZeroFrames(true))
		return enc
	}
	enc, _ := gzip.NewWriterLevel(w, gzipLevel) // which is a level
	return enc
}

func (e *encoders) put(c coding, enc encoder) {
	enc.Reset(nil) // let go of the answer
	e.pools[c].Put(enc)
}

// chooseCoding decides how the answer, whose headers are in place, is compressed,
// and says so in its headers. Other caches than the client's learn that it
// depends on what the client accepts.
func (a *answer) chooseCoding() {
	h := &a.x.rc.Response.Header
	least := a.x.s.cfg.CompressFrom
	switch {
	case least < 0, a.status == 206, a.status == 204, a.status == 304:
		return
	case a.size >= 0 && a.size < int64(least), a.size < 0 && !a.streams && a.written < int64(least): // asked early: most are small
		return
	case len(h.ContentEncoding()) > 0, len(h.Peek("Content-Range")) > 0:
		return
	case !compressible(a.contentType()), hasToken(h.Peek("Cache-Control"), "no-transform"):
		return
	}
	if !hasToken(h.Peek("Vary"), "Accept-Encoding") && !hasToken(h.Peek("Vary"), "*") {
		h.Add("Vary", "Accept-Encoding")
	}
	if !a.x.rc.Request.Header.IsHTTP11() {
		return
	}
	accept := a.x.rc.Request.Header.PeekAll("Accept-Encoding")
	if len(accept) == 0 {
		return
	}
	c := negotiate(accept)
	switch {
	case c == identity:
		return
	case a.nobody: // the head is as it would be with a body
	case a.streams:
		if a.held = a.x.s.encoders.take(); !a.held {
			return
		}
	case !a.compressBody(c):
		return
	}
	a.coding = c
	h.SetContentEncoding(codingNames[c])
	// The bytes are others than those that the tag was made for.
	if tag := h.Peek("Etag"); len(tag) > 0 && !strings.HasPrefix(string(tag), "W/") {
		h.Set("Etag", "W/"+string(tag))
	}
}

// contentType is the type that the function gave its answer.
func (a *answer) contentType() string {
	for _, h := range a.headers {
		if h.Key == "Content-Type" {
			return h.Value
		}
	}
	return ""
}

// compressBody compresses an answer that was collected. It stays as it is, and
// the result is false, where that would not make it smaller.
func (a *answer) compressBody(c coding) bool {
	res := &a.x.rc.Response
	plain := res.Body()
	packed := bytes.NewBuffer(a.packed[:0])
	enc := a.x.s.encoders.get(c, packed)
	defer a.x.s.encoders.put(c, enc)
	if _, err := enc.Write(plain); err != nil || enc.Close() != nil || packed.Len() >= len(plain) {
		return false
	}
	// The response keeps the compressed buffer, and the exchange what was in it.
	if a.packed = res.SwapBody(packed.Bytes()); cap(a.packed) > maxBuffered {
		a.packed = nil
	}
	return true
}
