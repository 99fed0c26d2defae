// Command server is the functions of the conformance suite as a custom runtime:
// an HTTP server on the CA port that takes events at POST /invoke.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	port := "9000"
	for _, name := range []string{"FC_SERVER_PORT", "FC_CUSTOM_LISTEN_PORT"} {
		if v := os.Getenv(name); v != "" {
			port = v
		}
	}
	log.Fatal(http.ListenAndServe(":"+port, http.HandlerFunc(answer)))
}

func answer(w http.ResponseWriter, r *http.Request) {
	id := r.Header.Get("X-Fc-Request-Id")
	fmt.Println("FC Invoke Start RequestId: " + id)
	defer fmt.Println("FC Invoke End RequestId: " + id)
	if r.Header.Get("X-Fc-Control-Path") != "/invoke" {
		if err := answerWeb(w, r); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
		return
	}
	payload, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	out, err := answerEvent(payload, knowledge{
		RequestID: id, Function: r.Header.Get("X-Fc-Function-Name"), Service: r.Header.Get("X-Fc-Service-Name"),
		Qualifier: r.Header.Get("X-Fc-Qualifier"), Version: r.Header.Get("X-Fc-Version-Id"),
		Span: r.Header.Get("X-Fc-Tracing-Opentracing-Span-Context"), Baggage: baggage(r),
	})
	if err != nil {
		w.Header().Set("X-Fc-Status", "404")
		out = []byte(`{"errorMessage":"` + err.Error() + `"}`)
	}
	_, _ = w.Write(out) // the platform is gone when this fails
}

// baggage is that of the trace: JSON in base64.
func baggage(r *http.Request) (b map[string]string) {
	text, err := base64.StdEncoding.DecodeString(r.Header.Get("X-Fc-Tracing-Opentracing-Span-Baggages"))
	if err == nil {
		_ = json.Unmarshal(text, &b) // what is wrong shows as missing
	}
	return b
}
