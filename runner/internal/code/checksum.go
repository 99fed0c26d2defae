package code

import (
	"encoding/binary"
	"hash/crc32"
	"runtime"
	"sync"
	"sync/atomic"
)

// sumChunk is how much one processor sums up at a time.
const sumChunk = 1 << 20

// sum is the checksum of archives: the CRC-32C of the CRC-32Cs of all chunks.
// So all processors can work on the many megabytes of machine code that a call
// may be waiting for; each also waits for a part of the disk.
func sum(b []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	chunks := (len(b) + sumChunk - 1) / sumChunk
	sums := make([]byte, 4*chunks)
	var next atomic.Int64
	work := func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= chunks {
				return
			}
			chunk := b[i*sumChunk : min(len(b), (i+1)*sumChunk)]
			prefault(chunk)
			binary.LittleEndian.PutUint32(sums[4*i:], crc32.Checksum(chunk, table))
		}
	}
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), chunks) - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
	return crc32.Checksum(sums, table)
}
