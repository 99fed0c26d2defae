package guesttest

import (
	"strings"
	"testing"
)

const modulePath = "github.com/wafer-run/wafer"

// handlerPackages are what handlers may import, and what those import.
var handlerPackages = []string{
	modulePath + "/guest/fc", modulePath + "/guest/fc/messages",
	modulePath + "/guest/fccontext", modulePath + "/guest/events", modulePath + "/guest/internal/...",
}

// TestDependencies keeps third-party code, and the host's, out of every guest.
func TestDependencies(t *testing.T) {
	for name, env := range map[string][]string{"wasip1": wasip1, "native": nil} {
		t.Run(name, func(t *testing.T) {
			list := goTool(t, ".", env, append([]string{"list", "-deps"}, handlerPackages...)...)
			for _, path := range strings.Fields(list) {
				standard := !strings.Contains(strings.SplitN(path, "/", 2)[0], ".")
				ours := path == modulePath+"/abi" || strings.HasPrefix(path, modulePath+"/guest/")
				if !standard && !ours {
					t.Errorf("guest depends on %s", path)
				}
			}
		})
	}
}

// TestWithoutHTTP checks that the tag does what it is for.
func TestWithoutHTTP(t *testing.T) {
	list := goTool(t, ".", wasip1, append([]string{"list", "-deps", "-tags", "wafer_nohttp"}, handlerPackages...)...)
	for _, path := range strings.Fields(list) {
		if path == "net" || strings.HasPrefix(path, "net/") {
			t.Errorf("guest depends on %s in spite of wafer_nohttp", path)
		}
	}
}

// TestVet compiles and vets every combination of platform and tags.
func TestVet(t *testing.T) {
	for name, env := range map[string][]string{"wasip1": wasip1, "native": nil} {
		for _, tags := range []string{"", "wafer_nohttp"} {
			t.Run(name+" "+tags, func(t *testing.T) {
				goTool(t, ".", env, append([]string{"vet", "-tags", tags}, handlerPackages...)...)
			})
		}
	}
}
