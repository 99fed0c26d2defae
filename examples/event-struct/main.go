// Command event-struct takes a JSON object and answers one: the SDK decodes the
// event into the handler's argument and encodes what it returns.
package main

import (
	"context"
	"errors"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

type Order struct {
	Item  string `json:"item"`
	Count int    `json:"count"`
	Price int    `json:"price"` // cents
}

type Receipt struct {
	Item  string `json:"item"`
	Total int    `json:"total"` // cents
}

func HandleRequest(ctx context.Context, order Order) (*Receipt, error) {
	if order.Count < 1 {
		return nil, errors.New("count must be at least 1")
	}
	return &Receipt{Item: order.Item, Total: order.Count * order.Price}, nil
}

func main() {
	fc.Start(HandleRequest)
}
