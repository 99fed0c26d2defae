package fccontext

// Service says which service, log store and version the function belongs to.
// Functions of FC 3.0 have no service, and most of these are empty.
type Service struct {
	Name       string
	LogProject string
	LogStore   string
	Qualifier  string // version or alias the caller asked for
	VersionId  string // version it resolved to
}
