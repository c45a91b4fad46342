//go:build unix && !linux

package storetest

import "syscall"

// tie cannot be done here: a killed test binary leaves its server behind.
func tie(*syscall.SysProcAttr) {}
