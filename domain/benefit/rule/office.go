package rule

import "slices"

// toldByOffice are the registers of facts that nobody can look up for
// themselves: an office works them out or records them.
var toldByOffice = []string{"computed", "self, officer"}

// ToldByOffice tells whether only an office can say what the fact is.
func (f *Fact) ToldByOffice() bool { return slices.Contains(toldByOffice, f.Registry) }
