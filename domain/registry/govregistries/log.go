package govregistries

import (
	"context"
	"encoding/json"
	"fmt"

	"maru/domain/audit"
	"maru/domain/registry"
	"maru/platform/authz"
)

// AuditLog is a Log over the installation's own.
type AuditLog struct{ Log *audit.Log }

// Readings are the rows that the room wrote about a person in a register.
func (l AuditLog) Readings(ctx context.Context, actor authz.Actor, person, register, purpose string) ([]Usage, error) {
	list, err := l.Log.Readings(ctx, actor, person, registry.ObjectOf(register), purpose)
	if err != nil {
		return nil, err
	}
	out := make([]Usage, len(list))
	for i, r := range list {
		var d registry.Detail
		if err := json.Unmarshal([]byte(r.Detail), &d); err != nil {
			return nil, fmt.Errorf("govregistries: a reading of %s: %w", register, err)
		}
		out[i] = Usage{ID: r.ID, At: r.At, Agency: r.Agency, App: d.App, Record: d.Record}
	}
	return out, nil
}
