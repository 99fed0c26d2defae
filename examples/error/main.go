// Command error fails in the ordinary way: the handler returns an error.
package main

import (
	"context"
	"fmt"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

// QuotaError shows that the type of an error reaches the caller.
type QuotaError struct {
	Want, Have int
}

func (e *QuotaError) Error() string {
	return fmt.Sprintf("want %d, have %d", e.Want, e.Have)
}

func HandleRequest(ctx context.Context, want int) (string, error) {
	const have = 10
	if want > have {
		return "", &QuotaError{Want: want, Have: have}
	}
	return "granted", nil
}

func main() {
	fc.Start(HandleRequest)
}
