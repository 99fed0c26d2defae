package events

// TimerEvent is sent by a timer trigger.
type TimerEvent struct {
	TriggerTime string `json:"triggerTime"` // 2006-01-02T15:04:05Z
	TriggerName string `json:"triggerName"`
	Payload     string `json:"payload"` // as configured on the trigger
}
