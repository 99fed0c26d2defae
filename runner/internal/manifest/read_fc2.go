package manifest

import "time"

// readFC2 reads the props of a component fc, as the tool that converts them to
// fc3 would.
func (r *reader) readFC2(res resource, p *node) {
	if p.kind != mapping {
		return
	}
	service, fn := p.get("service"), p.get("function")
	if fn == nil || fn.kind != mapping {
		return
	}
	life := fn.get("instanceLifecycleConfig")
	f := Function{
		ID: res.id, Path: p.path, Pos: res.pos, FC2: true,
		Name: fn.get("name").str(), Service: service.get("name").str(), Region: p.get("region").str(),
		Runtime: fn.get("runtime").str(), Handler: fn.get("handler").str(),
		Memory: int(fn.get("memorySize").num()), CPU: fn.get("cpu").num(),
		Timeout: seconds(fn.get("timeout"), DefaultTimeout), Concurrency: int(fn.get("instanceConcurrency").num()),
		PreFreeze:  readHook(life.get("preFreeze")),
		PreStop:    readHook(life.get("preStop")),
		LogProject: service.get("logConfig", "project").str(),
		LogStore:   service.get("logConfig", "logstore").str(),
		Process: Process{
			Command: fn.get("customRuntimeConfig", "command").strings(),
			Args:    fn.get("customRuntimeConfig", "args").strings(),
			Port:    int(fn.get("caPort").num()),
			Written: written(fn.get("customRuntimeConfig"), "function."),
		},
	}
	if handler := fn.get("initializer"); handler.str() != "" {
		f.Initializer = &Hook{Handler: handler.str(), Timeout: seconds(fn.get("initializationTimeout"), 3*time.Second)}
	}
	f.Code = r.readCode2(fn)
	f.Env = r.readEnv(fn.get("environmentVariables"))
	f.Extension = r.extension(res.id)
	for _, t := range p.get("triggers").list() {
		f.addTrigger(r.readTrigger(t, "", &f), r)
	}
	for _, d := range p.get("customDomains").list() {
		r.readDomain(d, d.get("routeConfigs").list(), &f)
	}
	r.add(f)
}

func (r *reader) readCode2(fn *node) Code {
	src := fn.get("codeUri")
	switch {
	case src != nil:
		return r.code(src)
	case fn.get("ossBucket") != nil:
		r.report(fn.get("ossBucket"), "has the code in OSS, from where wafer cannot fetch it: want codeUri, a path")
	case fn.get("customContainerConfig") == nil && !r.meant[join(fn.path, "codeUri")]:
		r.report(fn, "has no codeUri, want the path of a directory, a .zip or a .wasm file")
	}
	return Code{Pos: fn.pos, Field: join(fn.path, "codeUri")}
}
