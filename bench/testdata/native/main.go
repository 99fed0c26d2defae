// Native is the handler of ../hello as a native program: it does what the
// Function Compute Go SDK does, i.e. it asks the runtime API for the next event
// and posts the result, with net/http and encoding/json.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"time"
)

type StructEvent struct {
	Key string `json:"key"`
}

func HandleRequest(ctx context.Context, event StructEvent) (string, error) {
	return fmt.Sprintf("hello, %s!", event.Key), nil
}

func main() {
	host := os.Getenv("FC_RUNTIME_API")
	if host == "" {
		log.Fatal("expected FC_RUNTIME_API")
	}
	c := client{base: "http://" + host + "/2020-11-11/runtime/invocation/", agent: "aliyun-fc-go/" + runtime.Version()}
	handler := reflect.ValueOf(HandleRequest)
	for {
		if err := c.serve(handler); err != nil {
			log.Print(err)
		}
	}
}

type client struct {
	http        http.Client
	base, agent string
}

type invocation struct {
	id       string
	deadline time.Time
	timeout  int
	event    []byte
}

// fcContext stands for what the SDK fills in.
type fcContext struct {
	RequestID, AccessKeyID, AccessKeySecret, SecurityToken string
	FunctionName, Handler, Memory                          string
	Service, LogProject, LogStore, Qualifier, Version      string
	Region, Account                                        string
	Timeout                                                int
}

type contextKey struct{}

func (c *client) serve(handler reflect.Value) error {
	inv, head, err := c.next()
	if err != nil {
		return fmt.Errorf("failed to get invoke request due to %w", err)
	}
	ctx, cancel := context.WithDeadline(context.Background(), inv.deadline)
	defer cancel()
	ctx = context.WithValue(ctx, contextKey{}, &fcContext{
		RequestID: inv.id, AccessKeyID: head.Get("x-fc-access-key-id"),
		AccessKeySecret: head.Get("x-fc-access-key-secret"), SecurityToken: head.Get("x-fc-security-token"),
		FunctionName: head.Get("x-fc-function-name"), Handler: head.Get("x-fc-function-handler"),
		Memory: head.Get("x-fc-function-memory"), Service: head.Get("x-fc-service-name"),
		LogProject: head.Get("x-fc-service-logproject"), LogStore: head.Get("x-fc-service-logstore"),
		Qualifier: head.Get("x-fc-qualifier"), Version: head.Get("x-fc-version-id"),
		Region: head.Get("x-fc-region"), Account: head.Get("x-fc-account-id"), Timeout: inv.timeout,
	})
	fmt.Printf("FC Invoke Start RequestId: %s\n", inv.id)
	result, err := call(ctx, handler, inv.event)
	kind := "response"
	if err != nil {
		kind = "error"
		result, _ = json.Marshal(map[string]string{"errorMessage": err.Error()})
	}
	err = c.post(inv.id, kind, result)
	fmt.Printf("FC Invoke End RequestId: %s\n", inv.id)
	return err
}

// call decodes the event into the handler's parameter and encodes its result.
func call(ctx context.Context, handler reflect.Value, event []byte) ([]byte, error) {
	arg := reflect.New(handler.Type().In(1))
	if err := json.Unmarshal(event, arg.Interface()); err != nil {
		return nil, err
	}
	out := handler.Call([]reflect.Value{reflect.ValueOf(ctx), arg.Elem()})
	if err, ok := out[1].Interface().(error); ok && err != nil {
		return nil, err
	}
	return json.Marshal(out[0].Interface())
}

func (c *client) next() (*invocation, http.Header, error) {
	req, err := http.NewRequest(http.MethodGet, c.base+"next", nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("User-Agent", c.agent)
	res, err := c.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("got unexpected status code: %d", res.StatusCode)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, nil, err
	}
	deadline, err := strconv.ParseInt(res.Header.Get("x-fc-function-deadline"), 10, 64)
	if err != nil {
		return nil, nil, fmt.Errorf("failed to parse contents of header: x-fc-function-deadline: %w", err)
	}
	timeout, err := strconv.Atoi(res.Header.Get("x-fc-function-timeout"))
	if err != nil {
		return nil, nil, fmt.Errorf("failed to parse contents of header: x-fc-function-timeout: %w", err)
	}
	return &invocation{res.Header.Get("x-fc-request-id"), time.UnixMilli(deadline), timeout, body}, res.Header, nil
}

func (c *client) post(id, kind string, body []byte) error {
	req, err := http.NewRequest(http.MethodPost, c.base+id+"/"+kind, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("failed to POST: got unexpected status code: %d", res.StatusCode)
	}
	return err
}
