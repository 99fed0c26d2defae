package fccontext

// Credentials is a temporary access key pair of the role the function runs
// under. All three are empty when the function has no role.
type Credentials struct {
	AccessKeyId     string
	AccessKeySecret string
	SecurityToken   string
}
