package runner

import (
	"sync/atomic"
	"time"
)

// Account is what a function or a tenant has run.
type Account struct {
	Invocations int64
	CPU         time.Duration // charged while guests run, not only at the end
	Ticks       int64         // work in the meter's unit, of ended invocations
}

// account is an [Account] that many instances write to.
type account struct{ invocations, cpu, ticks atomic.Int64 }

func (a *account) read() Account {
	return Account{
		Invocations: a.invocations.Load(),
		CPU:         time.Duration(a.cpu.Load()),
		Ticks:       a.ticks.Load(),
	}
}

// Tenant returns what the functions of a tenant have run, loaded or not.
func (r *Runner) Tenant(name string) Account { return r.tenant(name).read() }

func (r *Runner) tenant(name string) *account {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.tenants[name]
	if a == nil {
		a = new(account)
		r.tenants[name] = a
	}
	return a
}

// charger returns what an instance's running time is told to.
func (f *Function) charger() func(time.Duration) time.Duration {
	pause := throttle(f.cfg.cpu)
	return func(ran time.Duration) time.Duration {
		f.account.cpu.Add(int64(ran))
		f.tenant.cpu.Add(int64(ran))
		if pause == nil {
			return 0
		}
		return pause(ran)
	}
}

// count notes an ended invocation.
func (f *Function) count(ticks int64) {
	for _, a := range []*account{&f.account, f.tenant} {
		a.invocations.Add(1)
		a.ticks.Add(ticks)
	}
}
