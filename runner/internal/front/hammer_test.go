package front

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/wafer-run/wafer/runner"
)

// Many clients at once, of all kinds, must each get their own bytes. serve's
// cleanup checks that nothing is left over.
func TestHammer(t *testing.T) {
	clients, rounds := 8, 60
	if testing.Short() {
		rounds = 10
	}
	f := echo()
	f.http = func(_ context.Context, req *runner.HTTPRequest, w runner.HTTPWriter) error {
		body := string(req.Payload) + req.URI
		for _, h := range req.Headers {
			if h.Key == "X-Mark" {
				body += h.Value
			}
		}
		size := int64(len(body))
		if strings.HasPrefix(req.Path, "/s") {
			size = -1
		}
		if err := w.WriteHead(200, []runner.Header{{Key: "X-Path", Value: req.Path}}, size); err != nil {
			return err
		}
		for len(body) > 0 {
			n := min(len(body), 1000)
			if _, err := w.Write([]byte(body[:n])); err != nil {
				return err
			}
			body = body[n:]
		}
		return nil
	}
	addr, _ := serve(t, one(f))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	var wg sync.WaitGroup
	for i := range clients {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range rounds {
				mark := fmt.Sprintf("%d-%d", i, j)
				body := strings.Repeat(mark, 1+j*j*3)
				switch j % 5 {
				case 0:
					post(t, client, addr, invoke3, mark, body, body)
				case 1:
					post(t, client, addr, "/w/"+mark+"?q="+mark, mark, body, body+"/w/"+mark+"?q="+mark+mark)
				case 2:
					post(t, client, addr, "/s/"+mark, mark, body, body+"/s/"+mark+mark)
				case 3:
					post(t, client, addr, "/2016-08-15/proxy/svc/f/s"+mark, mark, body, body+"/2016-08-15/proxy/svc/f/s"+mark+mark)
				case 4:
					leave(t, addr, "/s/"+mark, body)
				}
			}
		}()
	}
	wg.Wait()
}

func post(t *testing.T, client *http.Client, addr, uri, mark, body, want string) {
	req, err := http.NewRequest(http.MethodPost, "http://"+addr+uri, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return
	}
	req.Header.Set("X-Mark", mark)
	r, err := client.Do(req)
	if err != nil {
		t.Error(err)
		return
	}
	defer r.Body.Close()
	got, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 || string(got) != want {
		t.Errorf("%s: status %d, error %v, %d bytes, want %d", uri, r.StatusCode, err, len(got), len(want))
	}
}

// leave sends a request and closes the connection without reading the answer.
func leave(t *testing.T, addr, uri, body string) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return
	}
	_, _ = io.WriteString(c, "POST "+uri+" HTTP/1.1\r\nHost: x\r\nContent-Length: "+itoa(len(body))+"\r\n\r\n"+body)
	_ = c.Close()
}
