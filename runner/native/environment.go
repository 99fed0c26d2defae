package native

import (
	"slices"
	"strconv"
	"time"
)

// environment is what an instance finds in its environment: the function's own,
// and FC's, which nothing overrides.
func (f *Function) environment(in *instance, special map[string]string) []string {
	env := map[string]string{"PATH": defaultPath, "HOME": "/tmp"}
	for k, v := range f.cfg.Env() {
		env[k] = v
	}
	set := func(k, v string) {
		if v != "" {
			env[k] = v
		}
	}
	keys := f.cfg.Credentials()
	set("FC_FUNC_CODE_PATH", f.program.Dir+"/")
	set("FC_FUNCTION_NAME", f.cfg.Name())
	set("FC_FUNCTION_HANDLER", f.cfg.Handler())
	set("FC_FUNCTION_MEMORY_SIZE", strconv.Itoa(f.cfg.Memory()))
	set("FC_TIMEOUT", wholeSeconds(f.cfg.Timeout()))
	set("FC_RUNTIME", f.program.Kind.String())
	set("FC_REGION", f.cfg.Region())
	set("FC_ACCOUNT_ID", f.cfg.Account())
	set("FC_SERVICE_NAME", f.cfg.Service())
	set("FC_QUALIFIER", f.cfg.Qualifier())
	set("FC_VERSION_ID", f.cfg.Version())
	set("FC_INSTANCE_ID", in.id)
	set("ALIBABA_CLOUD_ACCESS_KEY_ID", keys.AccessKeyID)
	set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", keys.AccessKeySecret)
	set("ALIBABA_CLOUD_SECURITY_TOKEN", keys.SecurityToken)
	if f.program.Initializer {
		set("FC_INITIALIZATION_TIMEOUT", wholeSeconds(f.cfg.InitializationTimeout()))
	}
	for k, v := range special {
		set(k, v)
	}
	list := make([]string, 0, len(env))
	for k, v := range env {
		list = append(list, k+"="+v)
	}
	slices.Sort(list)
	return list
}

// wholeSeconds rounds up: FC knows whole seconds only.
func wholeSeconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
