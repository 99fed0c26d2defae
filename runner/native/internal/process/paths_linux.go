package process

import (
	"os"
	"path/filepath"
)

// What programs commonly read of a machine: loaders and libraries, shells and
// interpreters, certificates, time zones and the names of hosts and users.
// Nothing there is secret; the rest of /etc may be.
var (
	systemDirs = []string{"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store"}
	etcFiles   = []string{
		"alternatives", "ca-certificates", "fonts", "gai.conf", "group", "host.conf", "hosts", "java-*",
		"ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types", "nsswitch.conf", "os-release",
		"passwd", "pki", "protocols", "python*", "resolv.conf", "services", "ssl", "terminfo", "timezone",
	}
	devices = []device{{"null", 3}, {"zero", 5}, {"full", 7}, {"random", 8}, {"urandom", 9}}
)

// device is a character device of the kernel's memory devices (major 1).
type device struct {
	name  string
	minor uint32
}

// readable lists what a process may read and execute, beyond its code.
func readable(spec *Spec) []string {
	paths := append([]string{}, systemDirs...)
	for _, pattern := range etcFiles {
		found, _ := filepath.Glob("/etc/" + pattern)
		paths = append(paths, found...)
	}
	// Often a link out of /etc.
	if p, err := filepath.EvalSymlinks("/etc/resolv.conf"); err == nil {
		paths = append(paths, p)
	}
	return append(paths, spec.ReadOnly...)
}

// exists tells whether there is something at path, of whatever kind.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
