package main

import (
	"context"
	"fmt"
)

// Event is what hello is called with.
type Event struct {
	Key string `json:"key"`
}

// Handle greets.
func Handle(_ context.Context, event Event) (string, error) {
	return fmt.Sprintf("hello, %s!", event.Key), nil
}
