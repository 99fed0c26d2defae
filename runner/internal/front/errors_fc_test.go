package front

import "testing"

// errorsOfFC are the error codes that FC documents, with their status: "Error
// codes" in the API references of FC 2.0 (2021-04-06) and FC 3.0 (2023-03-30),
// and "Troubleshooting" for those of throttling. Where the documents name no
// status, it is that of the code's neighbours.
var errorsOfFC = map[string]int{
	"InvalidArgument":                       400,
	"MissingRequiredHeader":                 400,
	"PathNotSupported":                      400,
	"EntityTooLarge":                        400,
	"LimitExceededError":                    400,
	"AdditionalVersionContainsMajorVersion": 400,
	"DomainNameNotResolved":                 400,
	"DomainNameResolveError":                400,
	"InstanceMetricsRequired":               400,
	"AccessDenied":                          403,
	"SignatureNotMatch":                     403,
	"InvalidAccessKeyID":                    403,
	"ServiceNotFound":                       404,
	"FunctionNotFound":                      404,
	"TriggerNotFound":                       404,
	"AliasNotFound":                         404,
	"VersionNotFound":                       404,
	"DomainNameNotFound":                    404,
	"AsyncConfigNotExists":                  404,
	"FunctionAlreadyExists":                 409,
	"AliasAlreadyExists":                    409,
	"DomainNameAlreadyExists":               409,
	"TriggerAlreadyExists":                  409,
	"ServiceAlreadyExists":                  409,
	"FunctionNotEmpty":                      409,
	"ConcurrentUpdateError":                 409,
	"EventBridgeTriggerConflict":            409,
	"PreconditionFailed":                    412,
	"CAExited":                              412,
	"CAFileNotFound":                        412,
	"CAFilePermission":                      412,
	"AsyncInvocationStopped":                412,
	"ResourceExhausted":                     429,
	"ClientClosedRequest":                   499,
	"InternalServerError":                   500,
	"DestinationDeliveryFailed":             500,
	"BadResponse":                           502,
	"ResourceThrottled":                     503,
}

// Why codes are deferred.
const (
	byAuth       = "deferred: wafer checks no signatures, and takes no trigger that asks for one"
	byManagement = "deferred: wafer has no API that manages functions, services, aliases, triggers and domains; an s.yaml is checked before it is applied"
	byAsync      = "deferred: wafer refuses asynchronous invocations with InvalidArgument"
)

// deferred are the codes of FC that wafer never answers with.
var deferred = map[string]string{
	"MissingRequiredHeader": byAuth, // Date and Authorization
	"SignatureNotMatch":     byAuth,
	"InvalidAccessKeyID":    byAuth,

	"LimitExceededError":                    "deferred: an old name; the API references have InvalidArgument and EntityTooLarge for what is over a limit",
	"AdditionalVersionContainsMajorVersion": byManagement,
	"DomainNameNotResolved":                 byManagement,
	"DomainNameResolveError":                byManagement,
	"InstanceMetricsRequired":               byManagement,
	"FunctionAlreadyExists":                 byManagement,
	"AliasAlreadyExists":                    byManagement,
	"DomainNameAlreadyExists":               byManagement,
	"TriggerAlreadyExists":                  byManagement,
	"ServiceAlreadyExists":                  byManagement,
	"FunctionNotEmpty":                      byManagement,
	"ConcurrentUpdateError":                 byManagement,
	"EventBridgeTriggerConflict":            byManagement,
	"PreconditionFailed":                    byManagement,

	"AsyncConfigNotExists":      byAsync,
	"AsyncInvocationStopped":    byAsync,
	"DestinationDeliveryFailed": byAsync,
}

// notOfFC are codes of the table that FC's list of codes does not have.
var notOfFC = map[string]string{
	"FunctionNotStarted": "of FC's documents on custom runtimes, beside CAExited",
	"RequestTimeout":     "of the connection: the client is too slow",
}

// TestErrorsOfFC makes sure that every code of FC is either one that wafer
// answers with, and then [TestErrorTable] gets it, or deferred for a reason.
func TestErrorsOfFC(t *testing.T) {
	has := map[string]bool{}
	for _, row := range errorTable {
		has[row.name] = true
		status, ok := errorsOfFC[row.name]
		switch {
		case ok && status != row.status:
			t.Errorf("%s has the status %d, FC's is %d", row.name, row.status, status)
		case ok == (notOfFC[row.name] != ""):
			t.Errorf("%s: FC has it: %v; it is said why FC does not have it: %v", row.name, ok, !ok)
		}
	}
	for name := range errorsOfFC {
		if has[name] == (deferred[name] != "") {
			t.Errorf("%s: wafer has it: %v; it is deferred: %v; want one of them", name, has[name], deferred[name] != "")
		}
	}
	for name := range deferred {
		if errorsOfFC[name] == 0 {
			t.Errorf("%s is deferred, and no code of FC", name)
		}
	}
	for name := range notOfFC {
		if !has[name] {
			t.Errorf("%s is said not to be FC's, and is not wafer's either", name)
		}
	}
}
