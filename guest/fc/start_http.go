//go:build !wafer_nohttp

package fc

import (
	"context"
	"log"
)

// StartHttp serves HTTP requests with handler, and never returns. The handler
// is
//
//	func (context.Context, http.ResponseWriter, *http.Request) error
//
// where the error result may be left out. Like [Start], it makes package log
// print microseconds.
func StartHttp(handler interface{}) {
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	serve(newHTTPFunction(context.Background(), handler))
}
