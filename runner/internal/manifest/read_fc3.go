package manifest

import (
	"fmt"
	"strings"
	"time"
)

// readFC3 reads the props of a component fc3. They were checked before, so what
// is of a wrong kind is taken for absent here.
func (r *reader) readFC3(res resource, p *node) {
	if p.kind != mapping {
		return
	}
	f := Function{
		ID: res.id, Path: p.path, Pos: res.pos,
		Name: p.get("functionName").str(), Region: p.get("region").str(),
		Runtime: p.get("runtime").str(), Handler: p.get("handler").str(),
		Memory: int(p.get("memorySize").num()), CPU: p.get("cpu").num(),
		Timeout: seconds(p.get("timeout"), DefaultTimeout), Concurrency: int(p.get("instanceConcurrency").num()),
		Initializer: readHook(p.get("instanceLifecycleConfig", "initializer")),
		PreStop:     readHook(p.get("instanceLifecycleConfig", "preStop")),
		LogProject:  p.get("logConfig", "project").str(),
		LogStore:    p.get("logConfig", "logstore").str(),
	}
	if service, name, both := strings.Cut(f.Name, "$"); both {
		f.Service, f.Name = service, name
	}
	f.Code = r.readCode(p)
	f.Env = r.readEnv(p.get("environmentVariables"))
	custom := p.get("customRuntimeConfig")
	f.Process = Process{
		Command: custom.get("command").strings(), Args: custom.get("args").strings(),
		Port: int(custom.get("port").num()), Health: readHealth(custom.get("healthCheckConfig")),
		Written: written(custom, ""),
	}
	f.Extension = r.extension(res.id)
	switch mode := p.get("instanceIsolationMode"); mode.str() {
	case "REQUEST_EXCLUSIVE":
		f.Exclusive = true
	case "SESSION_EXCLUSIVE":
		r.report(mode, "is %s, and wafer has no sessions: want SHARE or REQUEST_EXCLUSIVE", mode.describe())
	}
	for _, t := range p.get("triggers").list() {
		f.addTrigger(r.readTrigger(t, "trigger", &f), r)
	}
	if d := p.get("customDomain"); d != nil {
		r.readDomain(d, []*node{d.get("route")}, &f)
	}
	r.add(f)
}

// add takes a function up, with defaults.
func (r *reader) add(f Function) {
	if f.Memory == 0 {
		f.Memory = DefaultMemory
	}
	if f.Concurrency == 0 {
		f.Concurrency = 1
	}
	if f.Process.Port == 0 {
		f.Process.Port = DefaultPort
	}
	r.out.Functions = append(r.out.Functions, f)
}

// seconds returns a number of seconds.
func seconds(n *node, fallback time.Duration) time.Duration {
	if n == nil {
		return fallback
	}
	return time.Duration(n.num() * float64(time.Second))
}

func readHook(n *node) *Hook {
	if n == nil {
		return nil
	}
	return &Hook{Handler: n.get("handler").str(), Timeout: seconds(n.get("timeout"), DefaultHookTimeout)}
}

func readHealth(n *node) *Health {
	if n == nil {
		return nil
	}
	count := func(name string) int {
		if c := int(n.get(name).num()); c > 0 {
			return c
		}
		return 3
	}
	h := &Health{
		Path:            n.get("httpGetUrl").str(),
		InitialDelay:    seconds(n.get("initialDelaySeconds"), 0),
		Period:          seconds(n.get("periodSeconds"), 3*time.Second),
		Timeout:         seconds(n.get("timeoutSeconds"), time.Second),
		FailuresAllowed: count("failureThreshold"),
		SuccessesWant:   1,
	}
	if c := int(n.get("successThreshold").num()); c > 0 {
		h.SuccessesWant = c
	}
	return h
}

// readCode finds where the code is.
func (r *reader) readCode(p *node) Code {
	n := p.get("code")
	src := n
	switch {
	case n == nil && p.get("customContainerConfig") != nil:
		return Code{Pos: p.pos, Field: join(p.path, "code")}
	case n == nil && r.meant[join(p.path, "code")]:
		return Code{}
	case n == nil:
		r.report(p, "has no code, want the path of a directory, a .zip or a .wasm file")
		return Code{}
	case n.kind == mapping:
		src = n.get("src")
		if src == nil && n.get("ossBucketName") != nil {
			r.report(n, "is in OSS, from where wafer cannot fetch it: want src, a path")
			return Code{}
		}
		if src == nil {
			r.report(n, "has no src, want the path of a directory, a .zip or a .wasm file")
			return Code{}
		}
	}
	return r.code(src)
}

func (r *reader) code(n *node) Code {
	return Code{Path: seenFrom(r.out.Dir, n.str()), Written: n.str(), Field: n.path, Pos: n.pos}
}

// readEnv reads an environment. FC limits its size.
func (r *reader) readEnv(n *node) map[string]string {
	if n == nil || n.kind != mapping {
		return nil
	}
	env, size := map[string]string{}, 0
	for _, f := range n.fields {
		env[f.key] = f.value.str()
		size += len(f.key) + len(f.value.str())
	}
	if size > maxEnvironment {
		r.report(n, "has %d bytes of names and values, want at most %d", size, maxEnvironment)
	}
	return env
}

// addTrigger takes a trigger up. FC has one HTTP trigger for a version.
func (f *Function) addTrigger(t *Trigger, r *reader) {
	if t == nil {
		return
	}
	for _, other := range f.Triggers {
		switch {
		case other.Name == t.Name:
			r.reportAt(t.Pos, f.Path, "has two triggers with the name %s", t.Name)
			return
		case other.Type == "http" && t.Type == "http":
			r.reportAt(t.Pos, f.Path, "has two triggers of the type http, want one: their URL is the function's")
			return
		}
	}
	f.Triggers = append(f.Triggers, *t)
}

// readTrigger reads a trigger whose fields have the prefix: triggerName and so
// on in FC 3.0, name in FC 2.0.
func (r *reader) readTrigger(n *node, prefix string, f *Function) *Trigger {
	key := func(name string) string {
		if prefix == "" {
			return name
		}
		return prefix + strings.ToUpper(name[:1]) + name[1:]
	}
	config := n.get(key("config"))
	t := &Trigger{Name: n.get(key("name")).str(), Type: n.get(key("type")).str(), Pos: n.pos}
	field := "triggers[]." + key("config")
	if t.Type != "http" {
		if t.Type != "" {
			r.ignore(fmt.Sprintf("a trigger of the type %s", t.Type), whyEvents, n.pos, f.ID)
		}
		if s := triggerConfigs[t.Type]; s != nil && config != nil {
			r.ignoring = true
			r.check(config, s, field, f.ID)
			r.ignoring = false
		}
		return t
	}
	if config == nil || config.kind != mapping {
		return t // reported, or to be
	}
	r.check(config, triggerConfigs["http"], field, f.ID)
	t.Methods = config.get("methods").strings()
	t.DisableURLInternet = config.get("disableURLInternet").truth()
	auth := config.get("authType")
	if t.Auth = auth.str(); t.Auth == "function" || t.Auth == "jwt" {
		r.protected(auth, field+".authType", fmt.Sprintf("is %s, which wafer does not check", t.Auth), f)
	}
	return t
}

// protected refuses to serve to everybody what FC would protect, unless the file
// says so.
func (r *reader) protected(n *node, field, what string, f *Function) {
	if f.Extension.OpenTriggers {
		r.ignore(field, "openTriggers in vars.wafer opens it to everybody; "+whyAuth, n.pos, f.ID)
		return
	}
	r.report(n, "%s: it would be open to everybody; want anonymous, or openTriggers: true in vars.wafer.functions.%s for this file to be served so", what, f.ID)
}
