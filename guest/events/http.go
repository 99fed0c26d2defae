package events

// HTTPTriggerEvent is an HTTP request as an event function sees it.
type HTTPTriggerEvent struct {
	Version         *string                   `json:"version"`
	RawPath         *string                   `json:"rawPath"`
	Headers         *map[string]string        `json:"headers"`
	QueryParameters *map[string]string        `json:"queryParameters"`
	Body            *string                   `json:"body"`
	IsBase64Encoded *bool                     `json:"isBase64Encoded"`
	TriggerContext  HTTPTriggerRequestContext `json:"requestContext"`
}

// HTTPTriggerRequestContext says where an HTTP request came from.
type HTTPTriggerRequestContext struct {
	AccountId    *string `json:"accountId"`
	DomainName   *string `json:"domainName"`
	DomainPrefix *string `json:"domainPrefix"`
	Http         struct {
		Method    *string `json:"method"`
		Path      *string `json:"path"`
		Protocol  *string `json:"protocol"`
		SourceIp  *string `json:"sourceIp"`
		UserAgent *string `json:"userAgent"`
	} `json:"http"`
	RequestId *string `json:"requestId"`
	Time      *string `json:"time"`
	TimeEpoch *string `json:"timeEpoch"` // Unix time in milliseconds
}

// HTTPTriggerResponse is what an event function returns to answer an
// [HTTPTriggerEvent]. All four keys are always sent; nil Headers are null.
type HTTPTriggerResponse struct {
	StatusCode      int               `json:"statusCode"`
	Headers         map[string]string `json:"headers"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
	Body            string            `json:"body"`
}
