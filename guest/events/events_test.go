package events

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// documents has one type for each golden document.
var documents = map[string]func() interface{}{
	"http_trigger":                func() interface{} { return &HTTPTriggerEvent{} },
	"http_trigger_empty":          func() interface{} { return &HTTPTriggerEvent{} },
	"http_trigger_response":       func() interface{} { return &HTTPTriggerResponse{} },
	"http_trigger_response_empty": func() interface{} { return &HTTPTriggerResponse{} },
	"kafka":                       func() interface{} { return &KafkaEventBridgeEvent{} },
	"mns_queue":                   func() interface{} { return &MnsQueueEvent{} },
	"mns_topic":                   func() interface{} { return &MnsTopicEvent{} },
	"oss":                         func() interface{} { return &OssEvent{} },
	"rocketmq":                    func() interface{} { return &RocketMQEvent{} },
	"sls":                         func() interface{} { return &SlsEvent{} },
	"timer":                       func() interface{} { return &TimerEvent{} },
}

// TestRoundTrip decodes and encodes every document. None may hold a field that
// its type does not know, and nothing may get lost.
func TestRoundTrip(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(documents) {
		t.Errorf("%d documents for %d entries", len(files), len(documents))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			make, ok := documents[name]
			if !ok {
				t.Fatal("no type for it")
			}
			event := make()
			decoder := json.NewDecoder(bytes.NewReader(want))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(event); err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(value(t, want), value(t, got)); diff != "" {
				t.Errorf("document (-want +got):\n%s", diff)
			}
		})
	}
}

func value(t *testing.T, doc []byte) interface{} {
	t.Helper()
	var v interface{}
	if err := json.Unmarshal(doc, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestEmptyHTTPTriggerEvent pins the order of the keys, which programs print.
func TestEmptyHTTPTriggerEvent(t *testing.T) {
	got, err := json.Marshal(HTTPTriggerEvent{})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"version":null,"rawPath":null,"headers":null,"queryParameters":null,"body":null,"isBase64Encoded":null,` +
		`"requestContext":{"accountId":null,"domainName":null,"domainPrefix":null,` +
		`"http":{"method":null,"path":null,"protocol":null,"sourceIp":null,"userAgent":null},` +
		`"requestId":null,"time":null,"timeEpoch":null}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestDocumentedMnsTopicEvent pins a defect of the type that is part of it.
func TestDocumentedMnsTopicEvent(t *testing.T) {
	err := json.Unmarshal([]byte(`{"PublishTime":1550216480040}`), &MnsTopicEvent{})
	if err == nil {
		t.Error("a number of milliseconds was decoded as a time")
	}
}

// TestDocumentedKafkaEvent decodes what EventBridge sends.
func TestDocumentedKafkaEvent(t *testing.T) {
	record, err := os.ReadFile("testdata/kafka.json")
	if err != nil {
		t.Fatal(err)
	}
	batch, err := json.Marshal([]string{string(record), string(record)})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	if err := json.Unmarshal(batch, &texts); err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		var event KafkaEventBridgeEvent
		if err := json.Unmarshal([]byte(text), &event); err != nil {
			t.Fatal(err)
		}
		if event.Data.Offset != 25 || *event.Data.Value != `{"order":17}` {
			t.Errorf("got %+v", event.Data)
		}
	}
}
