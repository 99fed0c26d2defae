// Command oss-event runs when objects in a bucket change.
package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aliyun/fc-runtime-go-sdk/events"
	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

func HandleRequest(ctx context.Context, event events.OssEvent) ([]string, error) {
	images := []string{}
	for _, record := range event.Events {
		if !strings.HasPrefix(*record.EventName, "ObjectCreated:") {
			continue
		}
		if strings.HasSuffix(*record.Oss.Object.Key, ".png") {
			images = append(images, fmt.Sprintf("oss://%s/%s", *record.Oss.Bucket.Name, *record.Oss.Object.Key))
		}
	}
	return images, nil
}

func main() {
	fc.Start(HandleRequest)
}
