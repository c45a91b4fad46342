package registry

import "maru/kernel"

// Bodies knows who may keep a register.
type Bodies interface {
	Exists(id string, at kernel.Date) bool
	Name(id string, l kernel.Lang) string
}
