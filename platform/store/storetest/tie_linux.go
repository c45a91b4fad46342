package storetest

import "syscall"

// tie has the server end with the test binary, even when that is killed.
func tie(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
