package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// States of a delivery; Waiting is the first.
const (
	Sending = "sending" // handed over, or about to be
	Sent    = "sent"
	Failed  = "failed"  // the address takes nothing
	Dropped = "dropped" // nobody wants it any more
)

// Delivery is one row of notice_delivery.
type Delivery struct {
	ID, Event, Contact kernel.ID
	Topic, Words       string
	State              string
	At                 kernel.Time
}

// AddDelivery keeps d and tells whether it is new: what an event tells is told
// once at each place.
func AddDelivery(tx *store.Tx, d *Delivery) (bool, error) {
	n, err := tx.Exec(`INSERT INTO notice_delivery (id, event, contact, topic, words, state, at, ended_at) VALUES ($1, $2, $3, $4, $5, 'waiting', $6, 0)
		ON CONFLICT (event, contact) DO NOTHING`, string(d.ID), string(d.Event), string(d.Contact), d.Topic, d.Words, int64(d.At))
	return n == 1, wrapped("delivery", err)
}

// IsWaiting tells whether something of the topic waits for the contact already.
func IsWaiting(tx *store.Tx, contact kernel.ID, topic string) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM notice_delivery WHERE contact = $1 AND topic = $2 AND state = 'waiting'`, string(contact), topic).Scan(&n)
	return n > 0, wrapped("delivery", err)
}

// DeliveryByID is a delivery; nil where it is gone.
func DeliveryByID(tx *store.Tx, id kernel.ID) (*Delivery, error) {
	var d Delivery
	err := tx.QueryRow(`SELECT id, event, contact, topic, words, state, at FROM notice_delivery WHERE id = $1`, string(id)).
		Scan(&d.ID, &d.Event, &d.Contact, &d.Topic, &d.Words, &d.State, &d.At)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &d, wrapped("delivery", err)
}

// SetDelivery sets how far a delivery is.
func SetDelivery(tx *store.Tx, id kernel.ID, state string, now kernel.Time) error {
	ended := now
	if state == Sending || state == Waiting {
		ended = 0
	}
	_, err := tx.Exec(`UPDATE notice_delivery SET state = $1, ended_at = $2 WHERE id = $3`, state, int64(ended), string(id))
	return wrapped("delivery", err)
}

// DropDeliveries forgets up to n deliveries of before then and tells how many.
func DropDeliveries(tx *store.Tx, before kernel.Time, n int) (int, error) {
	gone, err := tx.Exec(`DELETE FROM notice_delivery WHERE id IN (SELECT id FROM notice_delivery WHERE at < $1 LIMIT $2)`, int64(before), int64(n))
	return int(gone), wrapped("deliveries", err)
}
