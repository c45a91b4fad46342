package contract

import "maru/kernel"

// DataBundle is one entry of the pack's bundles.yaml: the necessary fields for
// one purpose, which a person may ask to be moved.
type DataBundle struct {
	ID       string      `yaml:"id"`
	Version  string      `yaml:"version"`
	Title    kernel.Text `yaml:"title"`
	Summary  kernel.Text `yaml:"summary"`
	Purpose  kernel.Text `yaml:"purpose"`
	Basis    string      `yaml:"basis"` // law and article
	KeepDays int         `yaml:"keep_days"`
	Every    []int       `yaml:"every"` // periods (days)
	Facts    []string    `yaml:"facts"`
}

// Movable tells whether a fact can be in a bundle: somebody holds it, it is the
// person's own, not the means of everybody who lives there, and it is not
// sensitive (Personal Information Protection Act art. 23).
func (f *Fact) Movable() bool {
	switch {
	case f.Registry == "self" || f.Registry == "computed" || f.Registry == "computed from region":
		return false
	case f.Sensitivity == "sensitive": // agreed to apart, with an application
		return false
	case len(f.Registry) > 5 && f.Registry[:5] == "self,":
		return false
	}
	return f.Entity != "household" || f.Sensitivity == "personal"
}

// Means tells whether a fact is about the money or property of everybody in a
// household.
func (f *Fact) Means() bool { return f.Entity == "household" && f.Sensitivity == "financial" }
