package conformance

import (
	"crypto/tls"
	"strings"
	"testing"
)

// DefaultTriggerSuffix is what the subdomains of functions end with.
const DefaultTriggerSuffix = "localhost"

// Subject is what is checked.
type Subject struct {
	// Base is the server's address, for example http://127.0.0.1:9000 or
	// https://127.0.0.1:8443. Without a port it is the protocol's own.
	Base string
	// TLS is how an https base is connected to: whose certificates are believed.
	// nil believes the system's, for the name in Base.
	TLS *tls.Config
	// Generation says which of FC's generations the subject has. Default [Both].
	Generation Generation
	// TriggerSuffix is what the subdomains of functions end with. Default
	// [DefaultTriggerSuffix].
	TriggerSuffix string
	// Small leaves out rows that send megabytes.
	Small bool
	// Except says why areas, or rows by their ID, do not apply.
	Except map[string]string
}

// Run runs every row in every generation it holds in, and fails the test where
// the subject answers otherwise, or where there is no row for an exception.
func Run(t *testing.T, s Subject) {
	t.Helper()
	srv, err := s.server()
	if err != nil {
		t.Fatal(err)
	}
	if s.TriggerSuffix == "" {
		s.TriggerSuffix = DefaultTriggerSuffix
	}
	known := map[string]bool{}
	for _, row := range Rows() {
		known[row.Area], known[row.ID()] = true, true
		for _, two := range row.generations() {
			if two && s.Generation == Only3 || !two && s.Generation == Only2 {
				continue
			}
			t.Run(row.Area+"/"+version(two)+"/"+row.Name, func(t *testing.T) {
				if why, ok := s.excepted(&row); ok {
					t.Skip(why)
				}
				if (s.Small || testing.Short()) && row.BodySize > 1<<20 {
					t.Skip("sends megabytes")
				}
				row.run(t, &s, srv, two)
			})
		}
	}
	for key := range s.Except {
		if !known[key] {
			t.Errorf("conformance: there is no row %q to except", key)
		}
	}
}

// excepted says why a row does not apply, if it does not.
func (s *Subject) excepted(r *Row) (why string, ok bool) {
	if why, ok = s.Except[r.Area]; !ok {
		why, ok = s.Except[r.ID()]
	}
	return why, ok
}

// Count is how many checks [Run] makes of the subject, a row in each generation
// it holds in, and how many it leaves out by Except.
func (s Subject) Count() (checks, excepted int) {
	for _, row := range Rows() {
		n := len(row.generations())
		if _, ok := s.excepted(&row); ok {
			excepted += n
		} else {
			checks += n
		}
	}
	return checks, excepted
}

// generations lists the generations that the row runs in; true is 2.0.
func (r *Row) generations() []bool {
	switch r.Generation {
	case Only2:
		return []bool{true}
	case Only3:
		return []bool{false}
	}
	return []bool{false, true}
}

func version(two bool) string {
	if two {
		return "2.0"
	}
	return "3.0"
}

// Rows returns all rows.
func Rows() []Row {
	var all []Row
	for _, area := range areas {
		for _, row := range area.rows {
			row.Area = area.name
			if row.Source == "" {
				row.Source = area.source
			}
			all = append(all, row)
		}
	}
	return all
}

// area is rows about one thing. source is that of rows which name none.
type area struct {
	name, source string
	rows         []Row
}

var areas = []area{
	{"invoke", "InvokeFunction", invokeRows},
	{"context", "SDK", contextRows},
	{"route", "URLs", routeRows},
	{"qualifier", "URLs", qualifierRows},
	{"async", "wafer", asyncRows},
	{"log", "InvokeFunction", logRows},
	{"failure", "InvokeFunction", failureRows},
	{"failure-http", "HTTP trigger", failureHTTPRows},
	{"http-request", "HTTP trigger", httpRequestRows},
	{"http-response", "HTTP trigger", httpResponseRows},
	{"event-request", "HTTP trigger event", eventRequestRows},
	{"event-response", "HTTP trigger event", eventResponseRows},
	{"cors", "HTTP trigger", corsRows},
	{"common-headers", "languages", commonRows},
	{"start", "error codes", startRows},
	{"limits", "limits", limitRows},
	{"trigger", "HTTP trigger", triggerRows},
	{"domain", "custom domains", domainRows},
	{"throttle", "error codes", throttleRows},
}

// hostOf returns the Host header of a function's subdomain.
func (s *Subject) hostOf(function string) string {
	return strings.Join([]string{function, s.TriggerSuffix}, ".")
}
