package native

import "slices"

// codeVariable tells a program where its code is.
const codeVariable = "FC_FUNC_CODE_PATH"

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
	for _, v := range f.about.Environment() {
		set(v.Key, v.Value)
	}
	set("FC_INSTANCE_ID", in.id)
	set("ALIBABA_CLOUD_ACCESS_KEY_ID", keys.AccessKeyID)
	set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", keys.AccessKeySecret)
	set("ALIBABA_CLOUD_SECURITY_TOKEN", keys.SecurityToken)
	for k, v := range special {
		set(k, v)
	}
	delete(env, codeVariable) // which depends on where the code will be
	list := make([]string, 0, len(env))
	for k, v := range env {
		list = append(list, k+"="+v)
	}
	slices.Sort(list)
	return list
}
