package catalog

import "maru/kernel"

// Bodies tells what kinds of bodies and bodies are called.
type Bodies interface {
	// Name is the body's name, "" when the id is unknown.
	Name(id string, l kernel.Lang) string
}
