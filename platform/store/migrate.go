package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"time"

	"maru/kernel"
)

// Migrations are a domain's schema: NNNN_name.sql files at the root of FS,
// numbered from 0001 without gaps, written for PostgreSQL in the portable
// subset. A file that was released is never changed; a further one corrects it.
type Migrations struct {
	Domain string
	FS     fs.FS
}

// Migration is one file of a domain's Migrations.
type Migration struct {
	Domain  string
	Version int
	Name    string
	SHA256  string
	script  string
}

var migrationFile = regexp.MustCompile(`^(\d{4})_([a-z0-9_]+)\.sql$`)

// Files reads the migrations in order.
func (m Migrations) Files() ([]Migration, error) {
	names, err := fs.Glob(m.FS, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("store: migrations of %s: %w", m.Domain, err)
	}
	slices.Sort(names)
	out := make([]Migration, 0, len(names))
	for i, name := range names {
		parts := migrationFile.FindStringSubmatch(name)
		if parts == nil {
			return nil, fmt.Errorf("store: migrations of %s: %s is not named NNNN_name.sql", m.Domain, name)
		}
		version, err := strconv.Atoi(parts[1])
		if err != nil || version != i+1 {
			return nil, fmt.Errorf("store: migrations of %s: %s where number %04d is due", m.Domain, name, i+1)
		}
		b, err := fs.ReadFile(m.FS, name)
		if err != nil {
			return nil, fmt.Errorf("store: migrations of %s: %w", m.Domain, err)
		}
		sum := sha256.Sum256(b)
		out = append(out, Migration{
			Domain: m.Domain, Version: version, Name: parts[2],
			SHA256: hex.EncodeToString(sum[:]), script: string(b),
		})
	}
	return out, nil
}

const migrationTable = `CREATE TABLE IF NOT EXISTS store_migration (
	domain     TEXT NOT NULL,
	version    BIGINT NOT NULL,
	name       TEXT NOT NULL,
	applied_at BIGINT NOT NULL,
	sha256     TEXT NOT NULL,
	PRIMARY KEY (domain, version)
)`

// Migrate brings the schema of every given domain up to its newest file, all
// or nothing. It refuses when an applied file has changed since, and when the
// database is newer than the program.
func (db *DB) Migrate(ctx context.Context, ms ...Migrations) error {
	return db.migrate(ctx, nil, ms)
}

// MigrateTo is Migrate up to the given version of each domain and no further;
// a domain that versions does not name is left alone. Restoring a backup needs
// the schema of its day.
func (db *DB) MigrateTo(ctx context.Context, versions map[string]int, ms ...Migrations) error {
	if versions == nil {
		versions = map[string]int{}
	}
	return db.migrate(ctx, versions, ms)
}

func (db *DB) migrate(ctx context.Context, upTo map[string]int, ms []Migrations) error {
	var files []Migration
	for _, m := range ms {
		fs, err := m.Files()
		if err != nil {
			return kernel.E(kernel.Internal, "store.migration", err)
		}
		if upTo != nil {
			if upTo[m.Domain] > len(fs) {
				return kernel.E(kernel.Conflict, "store.migration", fmt.Errorf("store: %s version %d is newer than this program", m.Domain, upTo[m.Domain]))
			}
			fs = fs[:upTo[m.Domain]]
		}
		files = append(files, fs...)
	}
	err := db.own(ctx, "store_migration", migrationTable, func(tx *Tx) error {
		applied, err := tx.Applied()
		if err != nil {
			return err
		}
		todo, err := pending(applied, files, upTo == nil)
		if err != nil {
			return err
		}
		for _, m := range todo {
			if err := tx.apply(m); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil || kernel.KindOf(err) != kernel.Internal {
		return err
	}
	return kernel.E(kernel.Internal, "store.migration", err)
}

// own runs fn on one of the store's own tables, made when absent, with the
// table locked: several copies may start at once, and the second finds the
// work done. READ COMMITTED lets it see that after it has waited for the lock.
func (db *DB) own(ctx context.Context, table, ddl string, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		err := db.UpdateReadCommitted(ctx, func(tx *Tx) error {
			if tx.engine == SQLite {
				if _, err := tx.Exec(sqliteDDL(ddl)); err != nil {
					return err
				}
				return fn(tx)
			}
			if _, err := tx.Exec(ddl); err != nil {
				return errors.Join(errCreating, err)
			}
			if _, err := tx.Exec("LOCK TABLE " + table + " IN EXCLUSIVE MODE"); err != nil {
				return err
			}
			return fn(tx)
		})
		// PostgreSQL lets two CREATE TABLE IF NOT EXISTS collide in its own
		// catalogue, under one of three codes (23505, 42P07, 42710); by the next
		// try the rival has committed. Any other failure fails again.
		if !errors.Is(err, errCreating) || try == 3 {
			return err
		}
	}
}

var errCreating = errors.New("store: making a table of its own")

// Applied are the migrations that the database has seen, in order.
func (tx *Tx) Applied() ([]Migration, error) {
	rows, err := tx.Query("SELECT domain, version, name, sha256 FROM store_migration ORDER BY domain, version")
	if err != nil {
		return nil, err
	}
	var out []Migration
	for rows.Next() {
		var m Migration
		if err := rows.Scan(&m.Domain, &m.Version, &m.Name, &m.SHA256); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// pending is what of files the database still lacks. With newest, a database
// that knows more than the files is refused.
func pending(applied, files []Migration, newest bool) ([]Migration, error) {
	type key struct {
		domain  string
		version int
	}
	have := make(map[key]Migration, len(applied))
	for _, m := range applied {
		have[key{m.Domain, m.Version}] = m
	}
	last := map[string]int{}
	var todo []Migration
	for _, m := range files {
		last[m.Domain] = m.Version
		old, ok := have[key{m.Domain, m.Version}]
		switch {
		case !ok:
			todo = append(todo, m)
		case old.SHA256 != m.SHA256:
			return nil, kernel.E(kernel.Conflict, "store.migration.changed",
				fmt.Errorf("store: %s %04d_%s.sql was changed after it had been applied", m.Domain, m.Version, m.Name)).
				With("file", fmt.Sprintf("%s/%04d_%s.sql", m.Domain, m.Version, m.Name))
		}
	}
	if !newest {
		return todo, nil
	}
	for _, m := range applied {
		if n, ok := last[m.Domain]; ok && m.Version > n {
			return nil, kernel.E(kernel.Conflict, "store.migration.newer",
				fmt.Errorf("store: the database has %s version %d, this program knows %d", m.Domain, m.Version, n)).
				With("domain", m.Domain)
		}
	}
	return todo, nil
}

func (tx *Tx) apply(m Migration) error {
	script := m.script
	if tx.engine == SQLite {
		script = sqliteDDL(script)
	}
	if _, err := tx.Exec(script); err != nil {
		return kernel.E(kernel.Internal, "store.migration", fmt.Errorf("store: %s %04d_%s.sql: %w", m.Domain, m.Version, m.Name, err))
	}
	_, err := tx.Exec("INSERT INTO store_migration (domain, version, name, applied_at, sha256) VALUES ($1, $2, $3, $4, $5)",
		m.Domain, m.Version, m.Name, kernel.TimeOf(time.Now()), m.SHA256)
	return err
}
