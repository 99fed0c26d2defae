package manifest

import (
	"encoding/json"
	"slices"
	"time"
)

// waferShape is vars.wafer: settings that are not FC's.
var waferShape = object(
	may("account", filled),
	may("functions", &shape{kinds: mapping, values: object(
		may("isolation", enum("instance", "request")),
		may("snapshot", enum("boot", "init", "off")),
		may("warmup", list(anything)),
		may("spares", whole(0, 10000)),
		may("instances", whole(1, 100000)),
		may("maxInvocations", whole(1, 1e9)),
		may("queue", object(
			may("length", whole(0, 1e9)),
			may("timeout", number(0, 86400)),
		)),
		may("idleTimeout", number(.001, 86400)),
		may("startTimeout", number(.001, 86400)),
		may("tenant", filled),
		may("limits", limitsShape),
		may("egress", flag),
		may("freePort", flag),
		may("openTriggers", flag),
	)}),
)

// allFunctions stands for every function of a file in vars.wafer.functions.
const allFunctions = "*"

// readWafer reads what is wafer's own.
func (r *reader) readWafer(n *node) {
	if n == nil {
		return
	}
	n = r.scope.expand(n, nil)
	r.check(n, waferShape, "vars.wafer", "")
	r.out.Account = n.get("account").str()
	r.wafer = n.get("functions")
	if r.wafer == nil || r.wafer.kind != mapping {
		return
	}
	ids := make([]string, len(r.scope.resources))
	for i, res := range r.scope.resources {
		ids[i] = res.id
	}
	for _, f := range r.wafer.fields {
		if f.key != allFunctions && !slices.Contains(ids, f.key) {
			r.reportAt(f.pos, join(r.wafer.path, f.key), "is for a resource that is not there%s", orOneOf(f.key, append(ids, allFunctions)))
		}
	}
}

// extension returns the settings of a resource: its own, and for those it has
// not, those for all functions.
func (r *reader) extension(id string) (e Extension) {
	get := func(name string) *node {
		if n := r.wafer.get(id, name); n != nil {
			return n
		}
		return r.wafer.get(allFunctions, name)
	}
	e.Isolation, e.Snapshot, e.Tenant = get("isolation").str(), get("snapshot").str(), get("tenant").str()
	e.Spares, e.Instances = int(get("spares").num()), int(get("instances").num())
	e.MaxInvocations = int(get("maxInvocations").num())
	e.Egress, e.FreePort = get("egress").truth(), get("freePort").truth()
	e.OpenTriggers = get("openTriggers").truth()
	e.Limits = readLimits(get("limits"))
	for _, event := range get("warmup").list() {
		e.Warmup = append(e.Warmup, event.event())
	}
	queue := get("queue")
	if n := queue.get("length"); n != nil {
		length := int(n.num())
		e.QueueLength = &length
	}
	e.QueueTimeout = optional(queue.get("timeout"))
	e.IdleTimeout = optional(get("idleTimeout"))
	e.StartTimeout = optional(get("startTimeout"))
	return e
}

func optional(n *node) *time.Duration {
	if n == nil {
		return nil
	}
	d := seconds(n, 0)
	return &d
}

// event returns the node as an event: a string as it is, all else as JSON.
func (n *node) event() []byte {
	if n.kind == text {
		return []byte(n.text)
	}
	b, err := json.Marshal(n.plain())
	if err != nil { // a number that JSON has not: infinity
		return []byte("null")
	}
	return b
}

// plain returns the node as package encoding/json would read it.
func (n *node) plain() any {
	switch n.kind {
	case boolean:
		return n.truth()
	case integer, float:
		return n.number
	case text:
		return n.text
	case sequence:
		all := make([]any, len(n.items))
		for i, item := range n.items {
			all[i] = item.plain()
		}
		return all
	case mapping:
		all := map[string]any{}
		for _, f := range n.fields {
			all[f.key] = f.value.plain()
		}
		return all
	}
	return nil
}
