package main

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/go-chi/chi/v5"
)

// router is a small application on chi.
func router() http.Handler {
	r := chi.NewRouter()
	r.Get("/users/{id}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"id": chi.URLParam(r, "id"), "sort": r.URL.Query().Get("sort")})
	})
	r.Route("/orders", func(r chi.Router) {
		r.Get("/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
		r.Get("/{year}/{number}", func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(chi.URLParam(r, "year") + "/" + chi.URLParam(r, "number")))
		})
	})
	return r
}

var app = router()

// Handle is the whole application.
func Handle(_ context.Context, w http.ResponseWriter, req *http.Request) error {
	app.ServeHTTP(w, req)
	return nil
}
