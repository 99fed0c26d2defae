package main

import (
	"context"
	"sort"
)

// Record is one of the many in an event.
type Record struct {
	ID     int      `json:"id"`
	Name   string   `json:"name"`
	Group  string   `json:"group"`
	Amount float64  `json:"amount"`
	Tags   []string `json:"tags"`
}

// Event is a list of records.
type Event struct {
	Records []Record `json:"records"`
}

// Group is what transform makes of the records of a group.
type Group struct {
	Group  string   `json:"group"`
	Count  int      `json:"count"`
	Total  float64  `json:"total"`
	Tags   []string `json:"tags"`
	Record []Record `json:"records"`
}

// Handle groups the records, so that what it returns is as large as what it
// gets.
func Handle(_ context.Context, event Event) ([]Group, error) {
	index := map[string]int{}
	var groups []Group
	for _, r := range event.Records {
		i, ok := index[r.Group]
		if !ok {
			i = len(groups)
			index[r.Group] = i
			groups = append(groups, Group{Group: r.Group})
		}
		g := &groups[i]
		g.Count++
		g.Total += r.Amount
		g.Record = append(g.Record, r)
		for _, tag := range r.Tags {
			if at := sort.SearchStrings(g.Tags, tag); at == len(g.Tags) || g.Tags[at] != tag {
				g.Tags = append(g.Tags, "")
				copy(g.Tags[at+1:], g.Tags[at:])
				g.Tags[at] = tag
			}
		}
	}
	sort.Slice(groups, func(i, j int) bool { return groups[i].Group < groups[j].Group })
	return groups, nil
}
