package process

import (
	"os"
	"path/filepath"
	"strings"
)

// What programs commonly read of a machine: loaders and libraries, shells and
// interpreters, certificates, time zones and the names of hosts and users.
// Nothing there is secret; the rest of /etc may be.
var (
	systemDirs = []string{"/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32", "/nix/store"}
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

// systemPaths lists what is there of all that.
func systemPaths() []string {
	paths := append([]string{}, systemDirs...)
	for _, pattern := range etcFiles {
		found, _ := filepath.Glob("/etc/" + pattern)
		paths = append(paths, found...)
	}
	if p := resolverFile(); p != "" {
		paths = append(paths, p)
	}
	return paths
}

// resolverFile returns where /etc/resolv.conf leads to when that is elsewhere,
// or "".
func resolverFile() string {
	p, err := filepath.EvalSymlinks("/etc/resolv.conf")
	if err != nil || strings.HasPrefix(p, "/etc/") {
		return ""
	}
	return p
}

// exists tells whether there is something at path, of whatever kind.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
