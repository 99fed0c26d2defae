// Package conformance checks a server against what is documented of Function
// Compute's front: how functions are reached, what they see, what callers get,
// what is refused and in which words. It knows nothing of the server but its
// address: everything goes over sockets.
//
//	conformance.Run(t, conformance.Subject{Base: "http://127.0.0.1:9000"})
//
// Every behaviour is a [Row], with the place it is documented in; rows are data,
// so that the same ones run against functions of every kind. What a subject
// cannot have is named, with the reason, in [Subject.Except].
//
// # What has to be deployed
//
// Each function exists twice: as a function of FC 3.0, and as one of FC 2.0 in
// the service "conformance". Those of one program differ in their environment
// variable CONFORMANCE; the programs are testdata/handlers, for the FC Go SDK,
// and testdata/server, a custom runtime, which is every kind at once and needs
// no variable.
//
//	name                     CONFORMANCE  what else
//	conformance-event        event        memory 128 MB; in FC 2.0 an HTTP trigger
//	                                      with all methods
//	conformance-slow         event        timeout 1 s
//	conformance-trigger      trigger      behind an HTTP trigger; FC 3.0 only
//	conformance-web          web          HTTP trigger with all methods
//	conformance-slow-web     web          timeout 1 s, HTTP trigger with all methods
//	conformance-get          web          HTTP trigger with GET and HEAD
//	conformance-closed       web          HTTP trigger with GET, disableURLInternet
//	conformance-untriggered  web          no HTTP trigger
//	conformance-single       web          one instance, concurrency 1, no queue
//
//	conformance-exits        -            a native program that ends at once
//	conformance-absent       -            a start file that is not there
//	conformance-forbidden    -            a start file that is not executable
//	conformance-mute         -            a native server that never listens
//
// Of event and web there is the alias "prod", which stands for version 1, and
// no other version or alias. There is no function conformance-nobody and no
// service conformance-missing. The custom domain conformance.example.com, over
// the protocol of the address, has these routes:
//
//	/*           conformance-web
//	/two/*       conformance-web in the service conformance
//	/two/prod/*  the same, qualifier prod
//	/exact       conformance-trigger
//	/event/*     conformance-trigger
//	/post        conformance-web, method POST alone
//	/old/*       conformance-web, rewritten: equal /old/index to /new; wildcard
//	             /old/img/* to /pictures/$1; regex ^/old/u/(\d+)$ to /users/$1
//
// and there is no domain nobody.example.com. Functions have subdomains of
// [Subject.TriggerSuffix].
//
// # Against a running server
//
// The test TestBase, or make conformance, asks the environment:
//
//	variable                make        what it says
//	CONFORMANCE_BASE        BASE        the server, for example http://127.0.0.1:9000
//	                                    or https://127.0.0.1:8443
//	CONFORMANCE_SUFFIX      SUFFIX      what subdomains end with, default localhost
//	CONFORMANCE_CA          CA          a file (its whole path) of certificates in
//	                                    PEM to believe: a self-signed one, or that
//	                                    of who signed it
//	CONFORMANCE_INSECURE    INSECURE    1 to believe any certificate
//	CONFORMANCE_EXCEPT      EXCEPT      areas, or rows by their ID, to leave out,
//	                                    separated by commas
//	CONFORMANCE_GENERATION  GENERATION  2.0 or 3.0 to run that one only
//
// testdata/s.yaml deploys what an s.yaml has words for, see there for how. What
// it cannot have is to be left out by EXCEPT=qualifier,domain,common-headers,start:
//
//	qualifier       a file has one version of each function, and no aliases
//	domain          a route of the domain leads to an alias
//	common-headers  only a custom runtime sees them; handlers of the SDK have a context
//	start           functions that do not start are refused when they are deployed
package conformance
