// Package manifest reads s.yaml, the file in which Serverless Devs describes
// Function Compute functions: edition 3.0.0 with the component fc3, and older
// editions and the component fc of FC 2.0, which becomes the same [Manifest].
//
//	bytes → tree → template, extend → variables → shape check → Manifest
//	               (frame.go)        (expand.go)  (shape*.go)   (read*.go)
//
// Every field of fc3 and fc is known: it is used, or it is accepted, checked
// and listed as [Ignored] together with the reason. Everything else is a
// [Problem] with its place in the file, and all problems of a file are reported
// together, in an [Error].
//
// # Variables
//
//	${vars.a.b}             a value under vars
//	${env('N', 'default')}  the environment, from [Options]
//	${file('p')}            the text of a file, seen from the manifest
//	${path('p')}            an absolute path, seen from the manifest
//	${resources.A.props.x}  a property of another resource
//	${this.props.x}         a property of the same resource
//
// What only a deployment knows (${resources.A.output.x}, ${config('k')}) is no
// mistake in a field that is ignored, and one in a field that is used.
//
// # What is wafer's own
//
// Settings that FC does not have stand under vars.wafer, because vars may hold
// anything and no other tool looks at what nobody refers to:
//
//	vars:
//	  wafer:
//	    account: "1234567890"  # account id in the functions' context
//	    functions:
//	      "*":                 # every function of the file
//	        isolation: request # instance, or request: nothing survives a request
//	      hello:               # the resource of that id
//	        snapshot: init     # boot, init or off
//	        warmup: [{key: value}]
//	        spares: 2
//	        tenant: acme
//
// [Extension] has all of them.
package manifest
