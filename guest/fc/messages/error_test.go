package messages

import (
	"encoding/json"
	"testing"
)

func TestErrorForms(t *testing.T) {
	for _, tc := range []struct {
		name                 string
		err                  InvokeResponse_Error
		wantJSON, wantIndent string
		wantText             string
	}{
		{
			"plain", InvokeResponse_Error{Message: "m", Type: "T", ShouldExit: true},
			`{"errorMessage":"m","errorType":"T"}`,
			"{\n \"errorMessage\": \"m\",\n \"errorType\": \"T\"\n}",
			`messages.InvokeResponse_Error{Message:"m", Type:"T", ` +
				`StackTrace:[]*messages.InvokeResponse_Error_StackFrame(nil), ShouldExit:true}`,
		},
		{
			"with stack",
			InvokeResponse_Error{StackTrace: []*InvokeResponse_Error_StackFrame{{Path: "a.go", Line: 7, Label: "f"}}},
			`{"errorMessage":"","errorType":"","stackTrace":[{"path":"a.go","line":7,"label":"f"}]}`,
			"{\n \"errorMessage\": \"\",\n \"errorType\": \"\",\n \"stackTrace\": [\n  {\n" +
				"   \"path\": \"a.go\",\n   \"line\": 7,\n   \"label\": \"f\"\n  }\n ]\n}",
			"",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			doc, err := json.Marshal(tc.err)
			if err != nil {
				t.Fatal(err)
			}
			if string(doc) != tc.wantJSON {
				t.Errorf("JSON is  %s\nwant     %s", doc, tc.wantJSON)
			}
			if got := tc.err.ToJson(); got != tc.wantIndent {
				t.Errorf("ToJson() is  %q\nwant         %q", got, tc.wantIndent)
			}
			if got := error(tc.err).Error(); tc.wantText != "" && got != tc.wantText {
				t.Errorf("Error() is  %s\nwant        %s", got, tc.wantText)
			}
		})
	}
}
