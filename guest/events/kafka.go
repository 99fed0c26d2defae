package events

// KafkaEventBridgeEvent is a record of a Kafka topic, sent by EventBridge.
//
// # Notes
//
// EventBridge sends a JSON array of JSON strings, each of which is one such
// event: take []string as the input and decode the elements.
type KafkaEventBridgeEvent struct {
	Data            *KafkaData `json:"data"`
	Id              *string    `json:"id"`
	Source          *string    `json:"source"`
	SpecVersion     *string    `json:"specversion"`
	Type            *string    `json:"type"`
	DataContentType *string    `json:"datacontenttype"`
	Time            *string    `json:"time"`
	Subject         *string    `json:"subject"`
	AliyunAccountId *string    `json:"aliyunaccountid"`
}

// KafkaData is the record of a [KafkaEventBridgeEvent].
type KafkaData struct {
	Topic     *string          `json:"topic"`
	Partition int              `json:"partition"`
	Offset    int              `json:"offset"`
	Timestamp int              `json:"timestamp"` // Unix time in milliseconds
	Headers   *KafkaDataHeader `json:"headers"`
	Value     *string          `json:"value"`
}

// KafkaDataHeader is the header list of a [KafkaData].
type KafkaDataHeader struct {
	Headers    []*string `json:"headers"`
	IsReadOnly *bool     `json:"isReadOnly"`
}
