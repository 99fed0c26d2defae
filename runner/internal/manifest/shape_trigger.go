package manifest

const (
	whyEvents = "wafer sends no events of its own: invoke the function with one"
	whyAuth   = "wafer checks no signatures and tokens"
)

var (
	triggerTypes = []string{"http", "timer", "oss", "log", "mns_topic", "cdn_events", "tablestore", "eventbridge"}
	httpMethods  = []string{"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"}
)

// triggerShape is a trigger of fc3. The configuration's shape depends on the
// type, see triggerConfigs.
var triggerShape = object(
	need("triggerName", filled),
	need("triggerType", enum(triggerTypes...)),
	need("triggerConfig", free),
	skip("description", str, "wafer does not show it"),
	skip("qualifier", str, whyQualifier),
	skip("sourceArn", str, whyEvents),
	skip("invocationRole", str, whyRole),
)

// trigger2Shape is a trigger of fc.
var trigger2Shape = object(
	need("name", filled),
	need("type", enum(triggerTypes...)),
	need("config", free),
	skip("description", str, "wafer does not show it"),
	skip("qualifier", str, whyQualifier),
	skip("sourceArn", str, whyEvents),
	skip("role", str, whyRole),
)

// triggerConfigs are the configurations of triggers whose fields are known.
var triggerConfigs = map[string]*shape{
	"http": object(
		need("authType", enum("anonymous", "function", "jwt")),
		need("methods", &shape{kinds: sequence, item: enum(httpMethods...), nonempty: true}),
		may("disableURLInternet", flag),
		skip("authConfig", either(str, free), whyAuth),
		skip("corsConfig", free, whyCORS),
	),
	"timer": object(
		need("cronExpression", filled),
		need("enable", flag),
		may("payload", str),
	),
	"oss": object(
		need("events", list(str)),
		may("bucketName", str),
		need("filter", object(
			may("key", object(may("prefix", str), may("suffix", str))),
			may("Key", object(may("Prefix", str), may("Suffix", str))),
		)),
	),
}
