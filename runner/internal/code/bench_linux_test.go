//go:build linux && !wafer_portable

package code

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"golang.org/x/sys/unix"

	"github.com/wafer-run/wafer/abi"
	"github.com/wafer-run/wafer/runner/internal/rewrite"
)

// BenchmarkResident measures the private memory of distinct Go guests whose
// code is resident, without instances, before and after each has run: mapped
// from files, and as wazero loads them from its own cache.
func BenchmarkResident(b *testing.B) {
	b.Run("mapped", func(b *testing.B) {
		s := open(b, Options{Dir: b.TempDir()})
		measureResident(b, s, variants(b, s, goGuest(b), 64))
	})
	b.Run("wazero", func(b *testing.B) {
		s := open(b, Options{Dir: b.TempDir(), Plain: true})
		r := goGuest(b)
		var codes []*Code
		for i := range byte(4) {
			v := *r
			v.Wasm = append(r.Module.Encode(), 0, 3, 1, 'v', i)
			codes = append(codes, prepare(b, s, &v))
		}
		measureResident(b, s, codes)
	})
}

func measureResident(b *testing.B, s *Store, codes []*Code) {
	n := float64(len(codes)) * 1024
	var memory, heap, estimated int64
	for b.Loop() {
		evictAll(s)
		private0, heap0 := private(b), heapInUse()
		for _, c := range codes {
			acquire(b, c).Release()
		}
		memory, heap, estimated = private(b)-private0, heapInUse()-heap0, s.Stats().Bytes
	}
	private0 := private(b)
	for _, c := range codes {
		answer(b, s, c)
	}
	b.ReportMetric(float64(memory+private(b)-private0)/n, "KiB-answered/module")
	b.ReportMetric(float64(memory)/n, "KiB-private/module")
	b.ReportMetric(float64(heap)/n, "KiB-heap/module")
	b.ReportMetric(float64(estimated)/n, "KiB-estimated/module")
}

// answer boots an instance and closes it again.
func answer(b *testing.B, s *Store, c *Code) {
	ctx := context.Background()
	if s.Runtime().Module(wasi_snapshot_preview1.ModuleName) == nil {
		wasi_snapshot_preview1.MustInstantiate(ctx, s.Runtime())
		host(b, s.Runtime(), c.Imports())
	}
	l := acquire(b, c)
	defer l.Release()
	m := start(b, s, c, l)
	defer m.Close(ctx)
	if got := call(m, abi.ExportInitialize); !strings.HasSuffix(got, "= []") {
		b.Fatal(got)
	}
}

func heapInUse() int64 {
	collect()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// private returns the private dirty memory of the process.
func private(tb testing.TB) int64 {
	tb.Helper()
	collect()
	unix.Sync() // mapped pages that are not on disk yet count as dirty
	b, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		tb.Skip(err)
	}
	for _, line := range strings.Split(string(b), "\n") {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "Private_Dirty:" {
			n, err := strconv.ParseInt(f[1], 10, 64)
			if err != nil {
				tb.Fatal(err)
			}
			return n << 10
		}
	}
	tb.Skip("no private dirty memory in smaps_rollup")
	return 0
}

// variants makes n modules that differ in name only, each with machine code in
// a file of its own.
func variants(tb testing.TB, s *Store, r *rewrite.Result, n int) []*Code {
	tb.Helper()
	base := prepare(tb, s, r)
	a, err := openArchive(s.dir.object(base.Digest(), s.husks.cpu), kindObject, base.Digest(), objectParts)
	if err != nil {
		tb.Fatal(err)
	}
	defer a.close()
	offsets, err := a.read(partOffsets)
	if err != nil {
		tb.Fatal(err)
	}
	machineCode, err := a.read(partCode)
	if err != nil {
		tb.Fatal(err)
	}
	codes := make([]*Code, n)
	for i := range codes {
		d := Digest(KeyOf(binary.LittleEndian.AppendUint32(nil, uint32(i))))
		if err := s.dir.write(s.dir.object(d, s.husks.cpu), func(f *os.File) error {
			return writeArchive(f, kindObject, d, offsets, newHusk(r.Module, d[:]).wasm, machineCode)
		}); err != nil {
			tb.Fatal(err)
		}
		e, err := s.entryOf(d, nil)
		if err != nil {
			tb.Fatal(err)
		}
		codes[i] = &Code{entry: e, key: base.key, manifest: base.manifest}
		tb.Cleanup(codes[i].Close)
	}
	return codes
}

// BenchmarkAcquire acquires code that is resident.
func BenchmarkAcquire(b *testing.B) {
	s := open(b, Options{Dir: b.TempDir()})
	c := prepare(b, s, subject(b, 0))
	b.ReportAllocs()
	for b.Loop() {
		l, err := c.Acquire(context.Background())
		if err != nil {
			b.Fatal(fmt.Errorf("acquiring: %w", err))
		}
		l.Release()
	}
}
