//go:build !wasip1

package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/guest/internal/process"
)

const (
	// portVariable names the environment variable with the port to listen on.
	portVariable = "FC_SERVER_PORT"
	defaultPort  = 9000
	// drain is how long running requests may take to finish in the end.
	drain = 10 * time.Second
)

// Serve runs the function's initializer, if it has one, serves requests until
// the process gets SIGTERM or an interrupt, and runs the pre-stop hook. getenv
// is os.Getenv.
//
// # Errors
//
// The port is not one or is taken, or the initializer fails.
func Serve(fn process.Function, getenv func(string) string) error {
	port, err := portOf(getenv(portVariable))
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("serving: %w (%s chooses another port)", err, portVariable)
	}
	s := newServer(fn, getenv)
	if a := s.hook(abi.HookInitialize, abi.KindInitialize); a != nil && a.Failure != nil {
		_ = ln.Close()
		return errors.New("the initializer failed: " + a.Failure.Message)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	server := &http.Server{Handler: s}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	s.greet(ln.Addr().String())
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-stop:
	}
	signal.Stop(stop) // another one ends the process at once
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	_ = server.Shutdown(ctx) // requests that take longer are cut off
	if a := s.hook(abi.HookPreStop, abi.KindPreStop); a != nil && a.Failure != nil {
		return errors.New("the pre-stop hook failed: " + a.Failure.Message)
	}
	return nil
}

// portOf reads the port; 0 chooses a free one.
func portOf(text string) (int, error) {
	if text == "" {
		return defaultPort, nil
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%s is %q, want a port, 0 to 65535", portVariable, text)
	}
	return int(port), nil
}

// greet says where the function is, and how to call it.
func (s *server) greet(addr string) {
	takes, example := "events", " -d '{\"key\":\"value\"}'"
	path := "/invoke"
	if s.takesHTTP() {
		takes, example, path = "HTTP requests", "", "/"
	}
	fmt.Fprintf(os.Stderr, "fc: serving %s (%s) on http://%s, try:\n\n    curl http://%s%s%s\n\n",
		s.context.FunctionName, takes, addr, addr, path, example)
}
