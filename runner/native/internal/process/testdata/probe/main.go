// Command probe does what contained programs might do, for tests: each argument
// list is one thing to try, with the outcome on stdout.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func run(what string, args []string) error {
	switch what {
	case "exit":
		n, err := strconv.Atoi(args[0])
		if err != nil {
			return err
		}
		os.Exit(n)
	case "who":
		fmt.Println(os.Getuid(), os.Getpid(), strings.Join(os.Environ(), ","))
		dir, err := os.Getwd()
		fmt.Println(dir)
		return err
	case "status":
		b, err := os.ReadFile("/proc/self/status")
		fmt.Printf("%s", b)
		return err
	case "ls":
		entries, err := os.ReadDir(args[0])
		for _, e := range entries {
			fmt.Println(e.Name())
		}
		return err
	case "fds":
		return descriptors()
	case "read":
		b, err := os.ReadFile(args[0])
		fmt.Printf("%s", b)
		return err
	case "write":
		return os.WriteFile(args[0], []byte("written"), 0o600)
	case "temp":
		file := filepath.Join(os.TempDir(), "mine")
		if err := os.WriteFile(file, []byte("kept\n"), 0o600); err != nil {
			return err
		}
		b, err := os.ReadFile(file)
		fmt.Printf("%s", b)
		return err
	case "chmod":
		return os.Chmod(args[0], 0o777)
	case "alloc":
		return alloc(args[0])
	case "spin":
		for range runtime.NumCPU() {
			go func() {
				for {
				}
			}()
		}
		select {}
	case "sleep":
		fmt.Println("sleeping")
		time.Sleep(time.Hour)
	case "daemon":
		return daemon(args)
	case "fork":
		return fork(args[0])
	case "bomb":
		for {
			_ = exec.Command(os.Args[0], "bomb").Start()
		}
	case "dial":
		c, err := (&net.Dialer{Timeout: 5 * time.Second}).Dial(args[0], args[1])
		if err != nil {
			return err
		}
		b, err := io.ReadAll(c)
		fmt.Printf("%s", b)
		return err
	case "serve":
		return serve(args[0], args[1])
	case "deathsig":
		_, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, 0, 0)
		fmt.Println(errno)
	case "namespace":
		_, _, errno := syscall.RawSyscall(syscall.SYS_UNSHARE, syscall.CLONE_NEWUSER, 0, 0)
		fmt.Println(errno)
	case "kill":
		pid, err := strconv.Atoi(args[0])
		if err != nil {
			return err
		}
		return syscall.Kill(pid, syscall.SIGKILL)
	}
	return nil
}

// descriptors prints what is open at start, without /proc.
func descriptors() error {
	for fd := 0; fd < 1024; fd++ {
		var st syscall.Stat_t
		if syscall.Fstat(fd, &st) == nil {
			flags, _, _ := syscall.RawSyscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0)
			if flags&syscall.FD_CLOEXEC == 0 { // Go's own are marked
				fmt.Println(fd)
			}
		}
	}
	return nil
}

func alloc(size string) error {
	n, err := strconv.Atoi(size)
	if err != nil {
		return err
	}
	var keep [][]byte
	for range n >> 20 {
		b := make([]byte, 1<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		keep = append(keep, b)
	}
	fmt.Println("allocated", len(keep))
	return nil
}

// daemon leaves a grandchild in a session of its own behind, and sleeps itself
// or exits.
func daemon(args []string) error {
	next := []string{"daemon", "second"}
	if args[0] == "second" {
		next = []string{"sleep"}
	}
	c := exec.Command(os.Args[0], append(next, args[1:]...)...)
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	fmt.Print(line)
	if args[0] == "stay" {
		time.Sleep(time.Hour)
	}
	return err
}

// fork starts n children and says how many it got.
func fork(n string) error {
	count, err := strconv.Atoi(n)
	if err != nil {
		return err
	}
	got := 0
	for range count {
		if exec.Command(os.Args[0], "sleep").Start() == nil {
			got++
		}
	}
	fmt.Println("started", got)
	return nil
}

// serve answers every connection with a text.
func serve(address, text string) error {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Println("serving", filepath.Base(os.Args[0]))
	for {
		c, err := ln.Accept()
		if err != nil {
			return err
		}
		_, _ = io.WriteString(c, text)
		_ = c.Close()
	}
}
