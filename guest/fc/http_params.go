package fc

import (
	"encoding/base64"
	"encoding/json"
	"errors"
)

// HTTPParams is an HTTP request without its body. QueriesMap is informative:
// handlers see the query of RequestURI.
type HTTPParams struct {
	Path       string              `json:"path"`
	Method     string              `json:"method"`
	RequestURI string              `json:"requestURI"`
	ClientIP   string              `json:"clientIP"`
	Host       string              `json:"host"`
	QueriesMap map[string][]string `json:"queriesMap"`
	HeadersMap map[string][]string `json:"headersMap"`
}

// decodeHTTPParams reads the base64 form of the JSON form.
func decodeHTTPParams(text *string) (*HTTPParams, error) {
	if text == nil {
		return nil, errors.New("no httpParams found in request")
	}
	doc, err := base64.StdEncoding.DecodeString(*text)
	if err != nil {
		return nil, err
	}
	var p HTTPParams
	if err := json.Unmarshal(doc, &p); err != nil {
		return nil, err
	}
	return &p, nil
}
