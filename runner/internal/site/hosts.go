package site

import (
	"fmt"
	"strings"

	"github.com/wafer-run/wafer/runner/internal/manifest"
)

// lowered is a name as a host has it.
func lowered(service, function string) name {
	return name{strings.ToLower(service), strings.ToLower(function)}
}

// note is something about a function that may not be meant.
type note struct {
	f    *manifest.Function
	text string
}

// hostsOf finds the names that hosts in lower case stand for. Where several
// functions have the same one, it is the function's that is called exactly so, or
// else the first one's in the file; of the others there is a note for each.
func hostsOf(functions []*manifest.Function) (hosts map[name]name, clashes []note) {
	hosts = map[name]name{}
	owners := map[name]*manifest.Function{}
	for _, exact := range []bool{true, false} {
		for _, f := range functions {
			own, host := name{f.Service, f.Name}, lowered(f.Service, f.Name)
			if f.HTTP() == nil || exact != (own == host) {
				continue
			}
			if first := owners[host]; first != nil {
				clashes = append(clashes, note{f, fmt.Sprintf("is called %s, and hosts know no case: a browser that asks for its HTTP trigger gets %s, of line %d",
					f.FullName(), first.FullName(), first.Pos.Line)})
				continue
			}
			owners[host], hosts[host] = f, own
		}
	}
	for _, f := range functions { // whose hosts say that they have no trigger
		if host := lowered(f.Service, f.Name); owners[host] == nil {
			hosts[host] = name{f.Service, f.Name}
		}
	}
	return hosts, clashes
}
