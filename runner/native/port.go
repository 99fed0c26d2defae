package native

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	"github.com/wafer-run/wafer/runner"
)

// PortError says that a [Custom] server cannot have its port: it is one of the
// host's, as the server has no network of its own, and somebody else's.
type PortError struct {
	Port     int
	Function string // whose server wants it
	Holder   string // who has it
}

func (e *PortError) Error() string {
	return fmt.Sprintf("native: function %s has no network of its own and wants port %d of the host, which is taken by %s: "+
		"give it another port, or let wafer choose one, which the program finds in FC_SERVER_PORT (--free-port, or freePort: true under vars.wafer)",
		e.Function, e.Port, e.Holder)
}

// fullName is a function's name with that of its FC 2.0 service.
func fullName(cfg runner.FunctionConfig) string {
	if cfg.Service() == "" {
		return cfg.Name()
	}
	return cfg.Service() + "$" + cfg.Name()
}

// claims says which functions share ports of the host. One that is replaced by
// another of its name may have the same port: it ends.
type claims map[int]*claim

type claim struct {
	owner string
	n     int
}

// take claims a port. Nobody else may listen on it either.
func (c claims) take(cfg runner.FunctionConfig, port int, taken map[int]string) error {
	name := fullName(cfg)
	holder, known := taken[port]
	switch old := c[port]; {
	case known:
	case old != nil && old.owner == name:
		old.n++
		return nil
	case old != nil:
		holder = "function " + old.owner
	default:
		_, err := probe(port)
		if err == nil {
			c[port] = &claim{owner: name, n: 1}
			return nil
		}
		if holder = "another program"; !errors.Is(err, syscall.EADDRINUSE) {
			return fmt.Errorf("native: port %d of the host, which function %s needs: %w", port, name, err)
		}
	}
	return &PortError{Port: port, Function: name, Holder: holder}
}

func (c claims) release(port int) {
	if old := c[port]; old != nil {
		if old.n--; old.n == 0 {
			delete(c, port)
		}
	}
}

// probe finds out whether a port of the host is free, or for 0 which one is.
func probe(port int) (int, error) {
	ln, err := net.Listen("tcp", ":"+strconv.Itoa(port))
	if err != nil {
		return 0, err
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port, nil
}
