package alert

import (
	"context"
	"encoding/json"

	"maru/domain/benefit/alert/internal/store"
	"maru/domain/benefit/contract"
	"maru/kernel"
	"maru/platform/jobs"
	pstore "maru/platform/store"
)

// sendJob sends one message; its name is part of stored jobs.
const sendJob = "benefit.alert_send"

type sendPayload struct {
	Message kernel.ID `json:"message"`
}

// send hands a message to the inbox once its hour has come. That it was sent and
// the event are one transaction, so that it goes out once.
func (s *Service) send(ctx context.Context, j jobs.Job) error {
	var p sendPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return kernel.E(kernel.Internal, "", err)
	}
	var early error
	err := s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		early = nil
		m, err := store.GetMessage(tx, p.Message)
		if err != nil || m == nil || !m.SentAt.IsZero() {
			return err // nothing of it holds any more, or it went out
		}
		now := s.d.Clock.Now()
		if now < m.SendAt {
			early = jobs.Snooze(m.SendAt.Sub(now))
			return nil
		}
		m.SentAt = now
		if err := store.PutMessage(tx, m); err != nil {
			return err
		}
		row, err := store.Get(tx, m.Person)
		if err != nil || row == nil {
			return err
		}
		if m.Kind != contract.KindConsentEnded {
			row.SentAt = now
		}
		if err := store.Put(tx, row); err != nil {
			return err
		}
		return s.d.Events.Publish(tx, contract.Alerted, contract.Alert{Person: m.Person, Message: m.ID, Kind: m.Kind})
	})
	if err != nil {
		return err
	}
	return early
}
