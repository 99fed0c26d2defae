package process

import "golang.org/x/sys/unix"

const auditArch = unix.AUDIT_ARCH_AARCH64

// archDeniedCalls are those of deniedCalls that only this architecture has.
var archDeniedCalls = []uintptr{}
