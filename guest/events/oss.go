package events

import "time"

// OssEvent is sent by an object storage trigger.
type OssEvent struct {
	Events []*OssEventRecord `json:"events"`
}

// OssEventRecord is one change of one object.
type OssEventRecord struct {
	EventName         *string            `json:"eventName"`
	EventSource       *string            `json:"eventSource"`
	EventTime         *time.Time         `json:"eventTime"`
	EventVersion      *string            `json:"eventVersion"`
	Oss               *Oss               `json:"oss"`
	Region            *string            `json:"region"`
	RequestParameters *RequestParameters `json:"requestParameters"`
	ResponseElements  *ResponseElements  `json:"responseElements"`
	UserIdentity      *UserIdentity      `json:"userIdentity"`
}

// Oss says what changed.
type Oss struct {
	Bucket           *Bucket `json:"bucket"`
	Object           *Object `json:"object"`
	OssSchemaVersion *string `json:"ossSchemaVersion"`
	RuleID           *string `json:"ruleId"`
}

// Bucket is the bucket the object is in.
type Bucket struct {
	Arn           *string `json:"arn"`
	Name          *string `json:"name"`
	OwnerIdentity *string `json:"ownerIdentity"`
	VirtualBucket *string `json:"virtualBucket"`
}

// Object is the object that changed. Sizes are bytes.
type Object struct {
	DeltaSize  int         `json:"deltaSize"`
	ETag       *string     `json:"eTag"`
	Key        *string     `json:"key"`
	ObjectMeta *ObjectMeta `json:"objectMeta"`
	Size       int         `json:"size"`
}

// ObjectMeta is metadata of an [Object].
type ObjectMeta struct {
	MimeType *string `json:"mimeType"`
}

// RequestParameters says where the change was asked for.
type RequestParameters struct {
	SourceIPAddress *string `json:"sourceIPAddress"`
}

// ResponseElements says how the change was answered.
type ResponseElements struct {
	RequestID *string `json:"requestId"`
}

// UserIdentity says who asked for the change.
type UserIdentity struct {
	PrincipalID *string `json:"principalId"`
}
