// Chaos does what its event says, good and bad.
package main

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"log"
	mrand "math/rand"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

type event struct {
	Do   string `json:"do"`
	N    int    `json:"n"`
	Text string `json:"text"`
}

var (
	counter  int
	initRuns int
	kept     []byte
	secrets  []string
	ballast  [][]byte
	ticker   = time.Now()
	dice     = map[int]int{}
)

func handle(ctx context.Context, ev event) (interface{}, error) {
	switch ev.Do {
	case "echo":
		return ev.Text, nil
	case "count":
		counter++
		return counter, nil
	case "inits":
		return initRuns, nil
	case "error":
		return nil, errors.New(ev.Text)
	case "panic":
		panic(ev.Text)
	case "exit":
		os.Exit(ev.N)
	case "fatal":
		log.Fatal(ev.Text)
	case "spin":
		for {
		}
	case "recurse":
		return recurse(ev.N), nil
	case "sleep":
		time.Sleep(time.Duration(ev.N) * time.Millisecond)
		return "slept", nil
	case "alloc": // N MB, kept
		for i := 0; i < ev.N; i++ {
			b := make([]byte, 1<<20)
			for j := range b {
				b[j] = 0x5a
			}
			ballast = append(ballast, b)
		}
		return len(ballast), nil
	case "secret": // leave it in as many places as a handler would
		kept = append(kept, ev.Text...)
		secrets = append(secrets, strings.Repeat(ev.Text, 3))
		for i := 0; i < 100; i++ {
			_ = fmt.Sprint(ev.Text, i)
		}
		return len(secrets), nil
	case "print":
		for i := 0; i < ev.N; i++ {
			fmt.Println(ev.Text)
		}
		fmt.Fprint(os.Stderr, "no newline")
		return nil, nil
	case "close": // a standard stream
		return nil, syscall.Close(ev.N)
	case "write": // to a standard stream
		_, err := syscall.Write(ev.N, []byte(ev.Text+"\n"))
		return nil, err
	case "big":
		return strings.Repeat("x", ev.N), nil
	case "work":
		sum := 0
		for i := 0; i < ev.N; i++ {
			sum += i ^ sum<<1
		}
		return sum, nil
	case "random":
		m := map[int]bool{}
		for i := 0; i < 64; i++ {
			m[i] = true
		}
		order := []int{}
		for k := range m {
			order = append(order, k)
		}
		var c [8]byte
		_, _ = crand.Read(c[:])
		return map[string]interface{}{
			"rand": mrand.Int63(), "randv2": rand.Uint64(), "maphash": maphash.String(maphash.MakeSeed(), "x"),
			"map": fmt.Sprint(order), "crypto": fmt.Sprintf("%x", c),
		}, nil
	case "clock":
		return map[string]int64{"mono": int64(time.Since(ticker)), "wall": time.Now().UnixNano()}, nil
	case "background": // a goroutine that works while the instance is called
		go func() {
			for {
				dice[0]++
				time.Sleep(time.Millisecond)
			}
		}()
		return nil, nil
	case "goroutine-panic":
		go func() { panic(ev.Text) }()
		time.Sleep(10 * time.Millisecond)
		return nil, nil
	case "timers": // what those from before fc.Start have done, now and in N ms
		before := seen
		time.Sleep(time.Duration(ev.N) * time.Millisecond)
		return []timers{before, seen}, nil
	case "env":
		return os.Environ(), nil
	case "deadline":
		d, _ := ctx.Deadline()
		return time.Until(d).Milliseconds(), nil
	}
	return nil, fmt.Errorf("unknown: %s", ev.Do)
}

// timers counts what timers have done that were armed while booting.
type timers struct{ Fired, Ticks int }

var seen timers

func arm() {
	time.AfterFunc(500*time.Millisecond, func() { seen.Fired++ })
	go func() {
		for range time.NewTicker(50 * time.Millisecond).C {
			seen.Ticks++
		}
	}()
}

var requests []string

// web lists the requests so far, and fails where the path is /fail.
func web(ctx context.Context, w http.ResponseWriter, req *http.Request) error {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	if req.URL.Path == "/fail" {
		return errors.New("not today")
	}
	requests = append(requests, fmt.Sprintf("%s %s%s %s", req.Method, req.URL.RequestURI(), req.Header.Get("X-A"), body))
	w.WriteHeader(http.StatusTeapot)
	_, err = io.WriteString(w, strings.Join(requests, "\n"))
	return err
}

func recurse(n int) int {
	if n == 0 {
		return 0
	}
	return recurse(n-1) + 1
}

func main() {
	if os.Getenv("INIT") != "" {
		fc.RegisterInitializerFunction(func(ctx context.Context) {
			initRuns++
			if os.Getenv("INIT") == "fail-twice" && initRuns < 3 {
				panic("not yet")
			}
			if os.Getenv("INIT") == "hang" {
				time.Sleep(time.Hour)
			}
		})
		fc.RegisterPreFreezeFunction(func(ctx context.Context) { fmt.Println("freezing") })
		fc.RegisterPreStopFunction(func(ctx context.Context) { fmt.Println("stopping") })
	}
	switch os.Getenv("BOOT") {
	case "return":
		return
	case "panic":
		panic("boot panic")
	case "close":
		_ = syscall.Close(1)
	case "exit":
		fmt.Println("no luck today")
		os.Exit(3)
	case "spin":
		for {
		}
	case "timers":
		arm()
	case "web":
		fc.StartHttp(web)
		return
	}
	fc.Start(handle)
}
