// Command timer-event runs on a schedule: its event says which timer went off.
package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aliyun/fc-runtime-go-sdk/events"
	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

func HandleRequest(ctx context.Context, event events.TimerEvent) (string, error) {
	at, err := time.Parse(time.RFC3339, event.TriggerTime)
	if err != nil {
		return "", fmt.Errorf("timer %s: %w", event.TriggerName, err)
	}
	return fmt.Sprintf("%s on a %s: %s", event.TriggerName, at.Weekday(), event.Payload), nil
}

func main() {
	fc.Start(HandleRequest)
}
