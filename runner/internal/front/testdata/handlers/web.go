package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"
)

// web are valid HTTP handlers.
var web = map[string]entry{
	"web":            startHTTP(func(_ context.Context, w http.ResponseWriter, r *http.Request) error { return dump(w, r) }),
	"web-no-error":   startHTTP(func(_ context.Context, w http.ResponseWriter, r *http.Request) { _ = dump(w, r) }),
	"web-with-type":  func() { fc.StartWithContext(withMark("parent"), markWeb, 102) },
	"web-other-type": func() { fc.StartHandlerWithContext(withMark("base"), markWeb, 7) },
	"web-silent":     startHTTP(func(context.Context, http.ResponseWriter, *http.Request) error { return nil }),
	"web-status": startHTTP(func(_ context.Context, w http.ResponseWriter, r *http.Request) error {
		w.WriteHeader(404)
		w.WriteHeader(500)
		return nil
	}),
	"web-informational": startHTTP(func(_ context.Context, w http.ResponseWriter, r *http.Request) error {
		w.WriteHeader(103)
		w.WriteHeader(200)
		return nil
	}),
	"web-write-first": startHTTP(func(_ context.Context, w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, "<html>")
		w.WriteHeader(404)
		return err
	}),
	"web-late-headers": startHTTP(func(_ context.Context, w http.ResponseWriter, r *http.Request) error {
		w.WriteHeader(202)
		w.Header().Set("X-After-Head", "1")
		_, _ = io.WriteString(w, "body")
		w.Header().Add("X-After-Body", "2")
		w.Header().Add("X-After-Body", "3")
		return nil
	}),
	"web-date": startHTTP(func(_ context.Context, w http.ResponseWriter, r *http.Request) error {
		w.WriteHeader(200)
		_, err := fmt.Fprint(w, len(w.Header()["Date"]), " ", w.Header().Get("Content-Length"))
		return err
	}),
	"web-error": startHTTP(func(_ context.Context, w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("X-Written", "1")
		w.WriteHeader(201)
		_, _ = io.WriteString(w, "discarded")
		return errors.New("after all")
	}),
	"web-panic": startHTTP(func(_ context.Context, w http.ResponseWriter, r *http.Request) error {
		_, _ = io.WriteString(w, "discarded")
		panic("in the web")
	}),
	"web-stream": startHTTP(func(_ context.Context, w http.ResponseWriter, r *http.Request) error {
		f, ok := w.(http.Flusher)
		if !ok {
			return errors.New("no flusher")
		}
		for i := 0; i < 3; i++ {
			fmt.Fprintf(w, "piece %d\n", i)
			f.Flush()
		}
		if r.URL.Path == "/fail" {
			return errors.New("too late")
		}
		return nil
	}),
	"web-large": startHTTP(func(_ context.Context, w http.ResponseWriter, r *http.Request) error {
		_, err := w.Write(make([]byte, 3<<20))
		return err
	}),
	"web-context": startHTTP(func(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
		c, ok := fccontext.FromContext(ctx)
		_, deadline := ctx.Deadline()
		_, err := fmt.Fprint(w, ok, " ", deadline, " ", c.RequestID)
		return err
	}),
	"web-exit": startHTTP(func(context.Context, http.ResponseWriter, *http.Request) error { os.Exit(1); return nil }),
	"web-cookies": startHTTP(func(_ context.Context, w http.ResponseWriter, r *http.Request) error {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
		http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
		return nil
	}),
}

func markWeb(ctx context.Context, w http.ResponseWriter, _ *http.Request) error {
	_, err := fmt.Fprint(w, ctx.Value(mark{}))
	return err
}

// dump answers with what the handler sees of the request.
func dump(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(map[string]interface{}{
		"method": r.Method, "uri": r.RequestURI, "path": r.URL.Path, "rawQuery": r.URL.RawQuery, "urlHost": r.URL.Host,
		"host": r.Host, "remote": r.RemoteAddr, "header": r.Header, "body": string(body), "length": r.ContentLength,
	})
}

// invalidWeb are values that are no HTTP handlers.
var invalidWeb = map[string]entry{
	"web-nil":            startHTTP(nil),
	"web-no-func":        startHTTP(7),
	"web-two-args":       startHTTP(func(http.ResponseWriter, *http.Request) {}),
	"web-no-context":     startHTTP(func(int, http.ResponseWriter, *http.Request) {}),
	"web-no-writer":      startHTTP(func(context.Context, int, *http.Request) {}),
	"web-two-results":    startHTTP(func(context.Context, http.ResponseWriter, *http.Request) (int, error) { return 0, nil }),
	"web-no-error-value": startHTTP(func(context.Context, http.ResponseWriter, *http.Request) int { return 0 }),
	"web-third-wrong":    startHTTP(func(context.Context, http.ResponseWriter, int) {}),
}
