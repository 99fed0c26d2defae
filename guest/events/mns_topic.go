package events

import "time"

// MnsTopicEvent is a message of an MNS topic.
//
// # Notes
//
// The documented event has PublishTime as a number of milliseconds, which this
// type cannot decode; the FC Go SDK cannot either.
type MnsTopicEvent struct {
	TopicOwner       *string   `json:"TopicOwner"`
	Message          *string   `json:"Message"`
	Subscriber       *string   `json:"Subscriber"`
	PublishTime      time.Time `json:"PublishTime"`
	SubscriptionName *string   `json:"SubscriptionName"`
	MessageMD5       *string   `json:"MessageMD5"`
	TopicName        *string   `json:"TopicName"`
	MessageID        *string   `json:"MessageId"`
}
