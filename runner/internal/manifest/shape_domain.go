package manifest

// domainShape is the customDomain of fc3.
var domainShape = object(
	need("domainName", ruled(hostName)),
	need("protocol", ruled(protocol)),
	may("route", routeShape),
	may("certConfig", certificateShape),
	skip("certId", either(whole(0, 0), str), "wafer cannot fetch certificates: give certConfig"),
	skip("tlsConfig", tlsShape, whyTLS),
	may("authConfig", free),
	skip("wafConfig", object(may("enableWAF", flag)), whyWAF),
	skip("corsConfig", free, whyCORS),
)

// domain2Shape is one of the customDomains of fc.
var domain2Shape = object(
	need("domainName", ruled(hostName)),
	need("protocol", ruled(protocol)),
	need("routeConfigs", &shape{kinds: sequence, nonempty: true, item: object(
		need("path", ruled(urlPath)),
		may("serviceName", ruled(identifier)),
		may("functionName", ruled(identifier)),
		may("methods", list(enum(httpMethods...))),
		skip("qualifier", str, whyQualifier),
		may("rewriteConfig", rewriteShape),
	)}),
	may("certConfig", certificateShape),
	skip("certId", either(whole(0, 0), str), "wafer cannot fetch certificates: give certConfig"),
	skip("tlsConfig", tlsShape, whyTLS),
	skip("wafConfig", object(may("enableWAF", flag)), whyWAF),
)

var (
	routeShape = object(
		may("path", ruled(urlPath)),
		may("methods", list(enum(httpMethods...))),
		skip("qualifier", str, whyQualifier),
		may("rewriteConfig", rewriteShape),
	)

	rewriteShape = object(
		may("equalRules", list(object(need("match", ruled(wholePath)), need("replacement", ruled(wholePath))))),
		may("wildcardRules", list(object(need("match", ruled(wildcardPath)), need("replacement", ruled(wholePath))))),
		may("regexRules", list(object(need("match", ruled(regularExpression)), need("replacement", filled)))),
	)

	certificateShape = object(may("certName", str), need("certificate", filled), need("privateKey", filled))

	tlsShape = object(
		may("minVersion", enum("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")),
		may("maxVersion", enum("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")),
		may("cipherSuites", strs),
	)
)
