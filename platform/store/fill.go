package store

import (
	"context"
	"errors"
	"fmt"
)

// Fill runs fn, which writes rows in masses, while the database has no indexes
// but those of keys and of what must be unique, and makes the others
// afterwards, whatever became of fn. With a million rows every row more changes
// a page of each index; sorting all of them once takes a fraction of that.
// Nobody else may use the database meanwhile, and a program that is killed in
// Fill leaves it without indexes.
func (db *DB) Fill(ctx context.Context, fn func(ctx context.Context) error) error {
	indexes, err := db.plainIndexes(ctx)
	if err != nil {
		return err
	}
	err = db.Update(ctx, func(tx *Tx) error {
		for _, x := range indexes {
			if _, err := tx.Exec("DROP INDEX " + x.name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: drop indexes: %w", err)
	}
	err = fn(ctx)
	for _, x := range indexes { // each in a transaction of its own: they are large
		made := db.Update(context.WithoutCancel(ctx), func(tx *Tx) error {
			_, err := tx.Exec(x.definition)
			return err
		})
		if made != nil {
			err = errors.Join(err, fmt.Errorf("store: make the index %s again: %w", x.name, made))
		}
	}
	return err
}

// index is one of the schema, with the statement that makes it.
type index struct{ name, definition string }

func (db *DB) plainIndexes(ctx context.Context) ([]index, error) {
	query := `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX%' ORDER BY name`
	if db.kind == PostgreSQL {
		query = `SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexdef LIKE 'CREATE INDEX%' ORDER BY indexname`
	}
	var out []index
	err := db.View(ctx, func(tx *Tx) error {
		rows, err := tx.Query(query)
		if err != nil {
			return err
		}
		for rows.Next() {
			var x index
			if err := rows.Scan(&x.name, &x.definition); err != nil {
				return err
			}
			out = append(out, x)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("store: read the indexes: %w", err)
	}
	return out, nil
}
