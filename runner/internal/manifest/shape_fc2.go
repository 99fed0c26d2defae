package manifest

// fc2Shape is what the component fc takes as props.
var fc2Shape = object(
	need("region", filled),
	need("service", object(
		need("name", ruled(identifier)),
		skip("description", str, "wafer does not show it"),
		skip("internetAccess", flag, whyNetwork),
		skip("tracingConfig", either(str, free), whyTracing),
		skip("role", either(str, free), whyRole),
		may("logConfig", either(enum("auto"), object(
			may("project", str),
			may("logstore", str),
			skip("enableInstanceMetrics", flag, whyMetrics),
			skip("enableRequestMetrics", flag, whyMetrics),
			skip("logBeginRule", enum("DefaultRegex", "None"), whyLogs),
		))),
		skip("vpcConfig", either(enum("auto"), object(
			may("vpcId", str), may("vSwitchIds", strs), may("vswitchIds", strs), may("securityGroupId", str), may("role", str),
		)), whyNetwork),
		skip("vpcBinding", strs, whyNetwork),
		skip("nasConfig", either(enum("auto"), object(
			may("userId", whole(0, 0)), may("groupId", whole(0, 0)),
			may("mountPoints", list(object(may("serverAddr", str), may("nasDir", str), may("fcDir", str)))),
		)), whyStorage),
	)),
	need("function", object(
		need("name", ruled(identifier)),
		need("runtime", enum(runtimes...)),
		skip("description", ruled(shortText), "wafer does not show it"),
		may("codeUri", filled),
		may("ossBucket", filled),
		may("ossKey", filled),
		may("handler", str),
		may("memorySize", memory),
		may("timeout", whole(1, 86400)),
		may("caPort", whole(1, 65535)),
		may("cpu", number(.05, 16)),
		skip("diskSize", &shape{kinds: integer, min: 512, max: 10240}, whyDisk),
		skip("customContainerConfig", object(
			need("image", filled), may("command", str), may("args", str), may("accelerationType", str), may("instanceID", str),
		), whyContainer),
		may("environmentVariables", environment),
		may("initializer", str),
		may("initializationTimeout", whole(1, 300)),
		may("instanceConcurrency", whole(1, 200)),
		skip("instanceType", str, "the size of an instance is its memorySize and cpu"),
		skip("gpuMemorySize", whole(0, 0), whyGPU),
		skip("layers", strs, whyLayers),
		may("instanceLifecycleConfig", object(may("preFreeze", hook(90)), may("preStop", hook(90)))),
		skip("asyncConfiguration", object(
			may("maxAsyncEventAgeInSeconds", whole(1, 2592000)),
			may("maxAsyncRetryAttempts", whole(0, 8)),
			may("statefulInvocation", flag),
			may("destination", object(may("onSuccess", anything), may("onFailure", anything))),
		), whyAsync),
		skip("customDNS", free, whyNetwork),
		may("customRuntimeConfig", object(may("command", strs), may("args", strs))),
	)),
	may("triggers", list(trigger2Shape)),
	may("customDomains", list(domain2Shape)),
)
