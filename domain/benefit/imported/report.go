package imported

import "maru/domain/benefit/gov24"

// Report tells what became of one import.
type Report struct {
	// Version is the number it was kept under, 0 when nothing was written.
	Version int64 `json:"version"`
	// Unchanged: the active version says the same already.
	Unchanged bool `json:"unchanged,omitempty"`
	Services  int  `json:"services"`
	Imported  int  `json:"imported"`
	Before    int  `json:"before"` // programmes of the version before
	// By is how many programmes restrict by what (gov24.Kind).
	By map[gov24.Kind]int `json:"by"`
	// LeftOut are the services that were not imported, by reason: those of the
	// importer, and Unfit.
	LeftOut map[gov24.Reason]int `json:"left_out"`
	// Examples are some of their ids.
	Examples map[gov24.Reason][]string `json:"examples"`
	// General are programmes of which no condition says more than where somebody
	// lives; Unlocated those whose place is not known.
	General   int        `json:"general"`
	Unlocated int        `json:"unlocated"`
	Warnings  Warnings   `json:"warnings"`
	Changes   Difference `json:"changes"`
}

// Unfit is a service whose rule does not fit the pack's facts.
const Unfit gov24.Reason = "unfit"

// Warnings count what an operator may want to look at.
type Warnings struct {
	Contradictions int            `json:"contradictions"` // a wildcard beside few codes
	Blocks         int            `json:"blocks"`         // a wildcard beside most codes
	Strange        map[string]int `json:"strange"`        // codes that are none of the known
	Orphans        int            `json:"orphans"`        // rows without a service
	Repeated       int            `json:"repeated"`       // rows of one service that stand twice
	NoDetails      int            `json:"no_details"`     // imported without details
	Links          int            `json:"links"`          // addresses that are not official and were left out
	Cut            int            `json:"cut"`            // texts that were shortened
	Altered        int            `json:"altered"`        // texts with characters that steer a display
}

// Difference is what a version has and lacks against the one before: ids of
// services.
type Difference struct {
	New     []string `json:"new"`
	Gone    []string `json:"gone"`
	Changed []string `json:"changed"`
}

// maxExamples is how many ids a reason names.
const maxExamples = 5

func reportOf(r gov24.Report, c gov24.Catalogue, programmes []gov24.Programme, unfit []string) Report {
	out := Report{Services: r.Services, Imported: len(programmes), By: map[gov24.Kind]int{}, LeftOut: map[gov24.Reason]int{}, Examples: map[gov24.Reason][]string{}}
	leftOut := r.LeftOut
	if len(unfit) > 0 {
		leftOut[Unfit] = unfit
	}
	for why, ids := range leftOut {
		out.LeftOut[why] = len(ids)
		for _, id := range ids[:min(len(ids), maxExamples)] {
			var c cleaner
			out.Examples[why] = append(out.Examples[why], c.line(id, 64))
		}
	}
	for i := range programmes {
		p := &programmes[i]
		for _, k := range p.Kinds {
			out.By[k]++
		}
		if general(p) {
			out.General++
		}
		if p.Unlocated {
			out.Unlocated++
		}
		if p.Detail == (gov24.Detail{}) {
			out.Warnings.NoDetails++
		}
	}
	out.Warnings.Contradictions, out.Warnings.Blocks, out.Warnings.Orphans = len(r.Contradictions), len(r.Blocks), r.Orphans
	out.Warnings.Strange = map[string]int{}
	for key, n := range r.Strange {
		var c cleaner
		if len(out.Warnings.Strange) < 100 {
			out.Warnings.Strange[c.line(key, 20)] += n
		}
	}
	seen := map[string]bool{}
	for i := range c.Conditions {
		if seen[c.Conditions[i].ID] {
			out.Warnings.Repeated++
		}
		seen[c.Conditions[i].ID] = true
	}
	return out
}

// general tells whether no condition of a programme says more of somebody than
// where they live.
func general(p *gov24.Programme) bool {
	for _, k := range p.Kinds {
		if k != gov24.ByRegion && k != gov24.Open {
			return false
		}
	}
	return true
}
