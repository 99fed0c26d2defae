package manifest

import "slices"

// Why fields of FC have no use here.
const (
	whyNetwork   = "wafer gives functions no network of a VPC"
	whyStorage   = "wafer mounts no file systems into functions"
	whyGPU       = "wafer has no GPUs"
	whyRole      = "wafer hands out no temporary credentials"
	whyProvision = "instances are made when they are needed; vars.wafer has spares and instances"
	whyAsync     = "wafer takes no asynchronous invocations yet"
	whyTags      = "wafer has nothing to find by it"
	whyMetrics   = "wafer counts for itself"
	whyLogs      = "logs go where wafer's own flags say"
	whyLayers    = "wafer has no layers: put what the function needs into its code"
	whyDisk      = "wafer does not limit the disk by function"
	whyTracing   = "wafer sends no traces"
	whyDeploy    = "it is for deployments"
	whySession   = "wafer has no sessions"
	whyContainer = "wafer runs no containers"
	whyWAF       = "wafer has no web application firewall"
	whyTLS       = "wafer serves TLS 1.2 and newer with Go's cipher suites"
	whyCORS      = "answers have the CORS headers of the function and FC's defaults"
	whyCommand   = "wafer calls hooks by their handler"
	whyQualifier = "a file has one version of each function, LATEST"
)

// runtimes are all of FC's, those that wafer may run first.
var runtimes = []string{
	"go1", "custom", "custom.debian10", "custom.debian11", "custom.debian12",
	"nodejs8", "nodejs10", "nodejs12", "nodejs14", "nodejs16", "nodejs18", "nodejs20",
	"python2.7", "python3", "python3.9", "python3.10", "python3.12", "java8", "java11",
	"php7.2", "dotnetcore2.1", "dotnetcore3.1", "custom-container", "micro-sandbox",
}

// IsRuntime reports whether FC has a runtime of that name.
func IsRuntime(name string) bool { return slices.Contains(runtimes, name) }

// fc3Shape is what the component fc3 takes as props.
var fc3Shape = object(
	need("functionName", ruled(functionName)),
	need("region", filled),
	need("runtime", enum(runtimes...)),
	may("handler", str),
	may("code", either(filled, object(
		may("src", filled),
		may("ossBucketName", filled),
		may("ossObjectName", filled),
	))),
	skip("description", ruled(shortText), "wafer does not show it"),
	may("memorySize", memory),
	may("cpu", number(.05, 16)),
	skip("diskSize", &shape{kinds: integer, min: 512, max: 10240}, whyDisk),
	may("timeout", whole(1, 86400)),
	may("instanceConcurrency", whole(1, 200)),
	may("environmentVariables", environment),
	may("instanceLifecycleConfig", object(
		may("initializer", hook(300)),
		may("preStop", hook(90)),
	)),
	may("customRuntimeConfig", object(
		may("command", strs),
		may("args", strs),
		may("port", whole(1, 65535)),
		may("healthCheckConfig", health),
	)),
	skip("customContainerConfig", object(
		need("image", filled),
		may("command", strs),
		may("entrypoint", strs),
		may("port", whole(1, 65535)),
		may("healthCheckConfig", health),
		may("acrInstanceId", str),
		may("accelerationType", str),
		may("resolvedImageUri", str),
		may("registryConfig", object(may("authConfig", free), may("certConfig", free), may("networkConfig", free))),
	), whyContainer),
	may("triggers", list(triggerShape)),
	may("logConfig", either(enum("auto"), object(
		need("project", str),
		need("logstore", str),
		skip("enableInstanceMetrics", flag, whyMetrics),
		skip("enableRequestMetrics", flag, whyMetrics),
		skip("enableLlmMetrics", flag, whyMetrics),
		skip("logBeginRule", enum("DefaultRegex", "None"), whyLogs),
	))),
	skip("nasConfig", either(enum("auto"), object(
		may("userId", whole(0, 0)), may("groupId", whole(0, 0)),
		may("mountPoints", list(object(may("serverAddr", str), may("mountDir", str), may("enableTLS", flag)))),
	)), whyStorage),
	skip("ossMountConfig", either(enum("auto"), object(may("mountPoints", list(object(
		may("bucketName", str), may("bucketPath", str), may("endpoint", str), may("mountDir", str), may("readOnly", flag),
	))))), whyStorage),
	skip("polarFsConfig", free, whyStorage),
	skip("juiceFsConfig", free, whyStorage),
	skip("vpcConfig", either(enum("auto"), object(
		may("vpcId", str), may("vSwitchIds", either(str, strs)), may("securityGroupId", str), may("role", str),
	)), whyNetwork),
	skip("vpcBinding", object(may("vpcIds", strs)), whyNetwork),
	skip("customDNS", object(
		may("nameServers", strs), may("searches", strs),
		may("dnsOptions", list(object(may("name", str), may("value", str)))),
	), whyNetwork),
	skip("internetAccess", flag, whyNetwork),
	skip("role", either(str, free), whyRole),
	skip("disableInjectCredentials", enum("None", "Env", "Request", "All"), whyRole),
	skip("gpuConfig", object(may("gpuType", str), may("gpuMemorySize", whole(0, 0))), whyGPU),
	skip("tracingConfig", either(flag, str, free), whyTracing),
	skip("tags", list(object(need("key", str), may("value", str))), whyTags),
	skip("layers", strs, whyLayers),
	skip("resourceGroupId", str, whyTags),
	skip("sessionAffinity", str, whySession),
	skip("sessionAffinityConfig", either(str, free), whySession),
	may("instanceIsolationMode", enum("SHARE", "REQUEST_EXCLUSIVE", "SESSION_EXCLUSIVE")),
	skip("idleTimeout", whole(0, 0), "vars.wafer has idleTimeout"),
	skip("enableLongLiving", flag, whySession),
	skip("disableOndemand", flag, whyProvision),
	skip("annotations", object(may("headers", free)), whyDeploy),
	skip("endpoint", str, whyDeploy),
	skip("supplement", anything, whyDeploy),
	skip("asyncInvokeConfig", object(
		may("destinationConfig", destinations),
		may("maxAsyncEventAgeInSeconds", whole(1, 2592000)),
		may("maxAsyncRetryAttempts", whole(0, 8)),
		may("asyncTask", flag),
		may("qualifier", str),
	), whyAsync),
	skip("concurrencyConfig", object(need("reservedConcurrency", whole(0, 1e9))), whyProvision),
	skip("provisionConfig", object(
		may("defaultTarget", whole(0, 1e9)), may("target", whole(0, 1e9)),
		may("alwaysAllocateCPU", flag), may("alwaysAllocateGPU", flag),
		may("scheduledActions", list(free)), may("targetTrackingPolicies", list(free)), may("qualifier", str),
	), whyProvision),
	skip("scalingConfig", object(
		may("minInstances", whole(0, 1e9)), may("residentPoolId", str),
		may("horizontalScalingPolicies", list(free)), may("scheduledPolicies", list(free)),
	), whyProvision),
	may("customDomain", domainShape),
)

var (
	memory      = &shape{kinds: integer, min: 128, max: 32768, step: 64}
	environment = &shape{kinds: mapping, values: str, key: envName}

	destinations = object(
		may("onSuccess", object(may("destination", str))),
		may("onFailure", object(may("destination", str))),
	)

	health = object(
		may("httpGetUrl", str),
		may("initialDelaySeconds", &shape{kinds: integer, min: 0, max: 120}),
		may("periodSeconds", whole(1, 120)),
		may("timeoutSeconds", whole(1, 3)),
		may("failureThreshold", whole(1, 120)),
		may("successThreshold", whole(1, 120)),
	)
)

// hook is a lifecycle hook that may take so many seconds.
func hook(most float64) *shape {
	return object(may("handler", str), skip("command", strs, whyCommand), may("timeout", whole(1, most)))
}
