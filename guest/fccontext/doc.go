// Package fccontext tells a handler what it is being invoked for: request id,
// temporary credentials, function and service, and a logger that stamps its
// lines with the request id.
//
//	func handle(ctx context.Context) (string, error) {
//		fctx, _ := fccontext.FromContext(ctx)
//		fctx.GetLogger().Infof("hello from %s", fctx.Function.Name)
//		return fctx.RequestID, nil
//	}
//
// Names and JSON forms are those of the FC Go SDK. The types carry no JSON
// tags, so encoding/json prints the Go field names.
package fccontext
