package conformance

// Sources are the documents that rows cite.
func Sources() map[string]string {
	return map[string]string{
		"InvokeFunction":     "API reference, InvokeFunction of FC 2.0 and FC 3.0",
		"error codes":        "API reference, error codes of FC 2.0 and FC 3.0",
		"HTTP trigger":       "Configure an HTTP trigger that invokes a function with HTTP requests: table of errors; HTTP trigger overview: reserved headers",
		"HTTP trigger event": "Use an HTTP trigger to invoke a function (FC 3.0): structure of event and response; Go runtime handlers",
		"languages":          "Function Compute Programming Languages (2022-07-12): custom runtime, HTTP functions",
		"limits":             "Limits; Function Compute Programming Languages (2022-07-12): limits of HTTP requests and responses",
		"URLs":               "FC SDKs: paths of InvokeFunction; Function Compute Programming Languages (2022-07-12): URL of an HTTP function",
		"SDK":                "FC Go SDK: fccontext",
		"custom domains":     "API reference, CreateCustomDomain: routeConfig, rewriteConfig",
		"emulator":           "Serverless Devs: local invocation, captured answers",
		"wafer":              "not documented: what wafer decided, see RATIONALE.md",
	}
}
