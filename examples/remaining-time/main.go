// Command remaining-time works in steps and stops in time: it looks at the
// deadline instead of being cut off by it.
package main

import (
	"context"
	"errors"
	"time"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

// margin is what the handler keeps for itself to answer.
const margin = 500 * time.Millisecond

type Job struct {
	Steps    int `json:"steps"`
	StepTime int `json:"stepTime"` // milliseconds
}

type Progress struct {
	Done int  `json:"done"`
	All  bool `json:"all"`
}

func HandleRequest(ctx context.Context, job Job) (*Progress, error) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return nil, errors.New("no deadline")
	}
	step := time.Duration(job.StepTime) * time.Millisecond
	done := 0
	for done < job.Steps && time.Until(deadline) > step+margin {
		time.Sleep(step)
		done++
	}
	return &Progress{Done: done, All: done == job.Steps}, nil
}

func main() {
	fc.Start(HandleRequest)
}
