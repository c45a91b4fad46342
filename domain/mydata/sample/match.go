package sample

import (
	"context"

	"maru/kernel"
)

// Match finds the one person to whom name, birth date, sex ("male" or
// "female") and region of residence belong; NotFound when there is none or
// more than one.
func (r *Registry) Match(ctx context.Context, name string, birth kernel.Date, sex string, region kernel.Region) (string, error) {
	none := kernel.E(kernel.NotFound, "mydata.error.unknown_person", nil)
	found := ""
	for i := range r.world.people {
		p := &r.world.people[i]
		if p.birth != birth || p.name != name {
			continue
		}
		facts, err := r.Facts(ctx, p.id, []string{"sex", "region"})
		if err != nil {
			return "", err
		}
		if facts["sex"].Value.Text() != sex || facts["region"].Value.Text() != string(region) {
			continue
		}
		if found != "" {
			return "", none
		}
		found = p.id
	}
	if found == "" {
		return "", none
	}
	return found, nil
}
