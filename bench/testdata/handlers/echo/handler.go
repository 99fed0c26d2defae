package main

import (
	"context"
	"io"
	"net/http"
)

// Handle answers with the body it gets.
func Handle(_ context.Context, w http.ResponseWriter, req *http.Request) error {
	w.Header().Set("Content-Type", "application/octet-stream")
	_, err := io.Copy(w, req.Body)
	return err
}
