package events

// SlsEvent is sent by a log service trigger. It names a range of a shard that
// the handler reads itself.
type SlsEvent struct {
	CursorTime int        `json:"cursorTime"` // Unix time in seconds
	JobName    *string    `json:"jobName"`
	Parameter  *Parameter `json:"parameter"`
	Source     *Source    `json:"source"`
	TaskID     *string    `json:"taskId"`
}

// Parameter is whatever was configured on the trigger.
type Parameter interface{}

// Source is a range of a shard.
type Source struct {
	BeginCursor  *string `json:"beginCursor"`
	EndCursor    *string `json:"endCursor"`
	Endpoint     *string `json:"endpoint"`
	LogstoreName *string `json:"logstoreName"`
	ProjectName  *string `json:"projectName"`
	ShardID      int     `json:"shardId"`
}
