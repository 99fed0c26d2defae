package site_test

import (
	"os"
	"testing"

	"github.com/valyala/fasthttp"
)

// TestMain starts the goroutine by which fasthttp keeps the date, which stays
// for good and is no leak.
func TestMain(m *testing.M) {
	_ = new(fasthttp.ResponseHeader).String()
	os.Exit(m.Run())
}
