package backup

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"maru/kernel"
	"maru/platform/crypto"
	"maru/platform/store"
)

// restoring is the stamp of a database that is not whole yet.
const restoring = "restoring"

// Restore brings the archive's rows into db, which must be unused, and its
// schema up to date with ms, the migrations of all domains. An archive that is
// damaged (Invalid), of another key file or of a newer program (Conflict)
// changes nothing.
func Restore(ctx context.Context, db *store.DB, keys *crypto.Keys, r io.ReadSeeker, ms ...store.Migrations) (Manifest, error) {
	m, err := Verify(ctx, keys, r)
	if err != nil {
		return Manifest{}, err
	}
	if err := knows(ms, m.Schema); err != nil {
		return Manifest{}, err
	}
	if err := refuseUsed(ctx, db); err != nil {
		return Manifest{}, err
	}
	if err := db.Stamp(ctx, restoring); err != nil {
		return Manifest{}, err
	}
	if err := db.MigrateTo(ctx, m.Schema, ms...); err != nil {
		return Manifest{}, err
	}
	err = db.Update(ctx, func(tx *store.Tx) error { return insert(ctx, tx, m, r) })
	if err != nil {
		return Manifest{}, err
	}
	if err := db.Migrate(ctx, ms...); err != nil {
		return m, err
	}
	if m.Keys == "" {
		return m, nil
	}
	return m, db.BindKeys(ctx, m.Keys)
}

// knows checks that the program has the schema of the archive.
func knows(ms []store.Migrations, schema map[string]int) error {
	for domain, version := range schema {
		i := slices.IndexFunc(ms, func(m store.Migrations) bool { return m.Domain == domain })
		if i < 0 {
			return kernel.E(kernel.Conflict, "backup.newer", fmt.Errorf("backup: this program has no domain %q", domain))
		}
		files, err := ms[i].Files()
		if err != nil {
			return err
		}
		if len(files) < version {
			return kernel.E(kernel.Conflict, "backup.newer", fmt.Errorf("backup: the archive has %s version %d, this program knows %d", domain, version, len(files)))
		}
	}
	return nil
}

// refuseUsed refuses a database that has any table but the store's own.
func refuseUsed(ctx context.Context, db *store.DB) error {
	return db.View(ctx, func(tx *store.Tx) error {
		tables, err := dataTables(tx)
		if err != nil {
			return err
		}
		if len(tables) > 0 {
			return kernel.E(kernel.Conflict, "backup.used", fmt.Errorf("backup: the database already has the table %s", tables[0]))
		}
		return nil
	})
}

// insert writes all rows and the final stamp. It may run more than once.
func insert(ctx context.Context, tx *store.Tx, m Manifest, r io.ReadSeeker) error {
	parts := map[string]*inserter{}
	for _, t := range m.Tables {
		ins, err := newInserter(tx, t)
		if err != nil {
			return err
		}
		for _, p := range t.Parts {
			parts[p.Name] = ins
		}
	}
	err := walk(ctx, r, func(name string, content []byte) error {
		ins, ok := parts[name]
		if !ok {
			return nil
		}
		return ins.part(name, content)
	})
	if err != nil {
		return err
	}
	if m.World == "" {
		_, err = tx.Exec("DELETE FROM store_stamp")
	} else {
		_, err = tx.Exec("UPDATE store_stamp SET world = $1", m.World)
	}
	return err
}

// inserter writes the rows of one table.
type inserter struct {
	tx    *store.Tx
	types []string
	head  string // INSERT INTO table (columns) VALUES
}

// newInserter checks the archive's names against the database's: what comes
// out of a file becomes SQL only when the schema has it.
func newInserter(tx *store.Tx, t Table) (*inserter, error) {
	types, err := columnTypes(tx, t.Name)
	if err != nil {
		return nil, err
	}
	if len(types) != len(t.Columns) {
		return nil, broken("table %q has %d columns, the schema %d", t.Name, len(t.Columns), len(types))
	}
	ins := &inserter{tx: tx}
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		kind, ok := types[c]
		if !ok {
			return nil, broken("the schema has no column %q in table %q", c, t.Name)
		}
		ins.types = append(ins.types, kind)
		names[i] = quoted(c)
	}
	ins.head = "INSERT INTO " + quoted(t.Name) + " (" + strings.Join(names, ", ") + ") VALUES "
	return ins, nil
}

// Several rows share a statement, within what both engines take as arguments.
const (
	maxRows = 100
	maxArgs = 30_000
)

func (i *inserter) part(name string, content []byte) error {
	lines := bytes.Split(bytes.TrimSuffix(content, []byte{'\n'}), []byte{'\n'})
	at := max(1, min(maxRows, maxArgs/len(i.types)))
	no := 0
	for chunk := range slices.Chunk(lines, at) {
		args := make([]any, 0, len(chunk)*len(i.types))
		for _, line := range chunk {
			no++
			values, err := decodeRow(line, i.types)
			if err != nil {
				return broken("%s line %d: %w", name, no, err)
			}
			args = append(args, values...)
		}
		if _, err := i.tx.Exec(i.head+marks(len(chunk), len(i.types)), args...); err != nil {
			return fmt.Errorf("backup: %s: %w", name, err)
		}
	}
	return nil
}

// marks are the placeholders of n rows.
func marks(n, columns int) string {
	var b strings.Builder
	for i := range n * columns {
		switch {
		case i > 0 && i%columns == 0:
			b.WriteString("), (")
		case i > 0:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return "(" + b.String() + ")"
}
