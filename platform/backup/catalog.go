package backup

import (
	"database/sql"
	"errors"
	"slices"
	"strings"

	"maru/platform/store"
)

// The store's own tables are not copied as rows: the schema's versions, the
// stamp and the key file's fingerprint are written anew at the restored place.
const (
	migrationTable = "store_migration"
	stampTable     = "store_stamp"
	keysTable      = "store_keys"
)

// tableNames lists the database's tables by name.
func tableNames(tx *store.Tx) ([]string, error) {
	query := "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
	if tx.Engine() == store.PostgreSQL {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name"
	}
	return texts(tx, query)
}

// dataTables lists the tables whose rows make up a backup, each after those it
// refers to by a foreign key.
func dataTables(tx *store.Tx) ([]string, error) {
	names, err := tableNames(tx)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == migrationTable || n == stampTable || n == keysTable })
	needs := make(map[string][]string, len(names))
	for _, n := range names {
		query := `SELECT DISTINCT "table" FROM pragma_foreign_key_list($1) ORDER BY 1`
		if tx.Engine() == store.PostgreSQL {
			query = `SELECT DISTINCT target.relname::text FROM pg_constraint c
JOIN pg_class source ON source.oid = c.conrelid JOIN pg_class target ON target.oid = c.confrelid
WHERE c.contype = 'f' AND source.relname = $1 AND source.relnamespace = current_schema()::regnamespace ORDER BY 1`
		}
		if needs[n], err = texts(tx, query, n); err != nil {
			return nil, err
		}
	}
	return sorted(names, needs)
}

// sorted puts each name after those it needs. A table may need itself.
func sorted(names []string, needs map[string][]string) ([]string, error) {
	const (
		visiting = 1
		done     = 2
	)
	state := map[string]int{}
	out := make([]string, 0, len(names))
	var visit func(n string) error
	visit = func(n string) error {
		switch state[n] {
		case done:
			return nil
		case visiting:
			return errors.New("backup: tables refer to each other in a circle at " + n)
		}
		state[n] = visiting
		for _, other := range needs[n] {
			if other != n {
				if err := visit(other); err != nil {
					return err
				}
			}
		}
		state[n] = done
		out = append(out, n)
		return nil
	}
	for _, n := range names {
		if err := visit(n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// columnTypes tells the type of each column of a table in small letters.
func columnTypes(tx *store.Tx, table string) (map[string]string, error) {
	query := "SELECT name || ' ' || type FROM pragma_table_info($1)"
	if tx.Engine() == store.PostgreSQL {
		query = "SELECT column_name || ' ' || data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1"
	}
	pairs, err := texts(tx, query, table)
	if err != nil {
		return nil, err
	}
	types := make(map[string]string, len(pairs))
	for _, p := range pairs {
		name, kind, _ := strings.Cut(p, " ")
		types[name] = strings.ToLower(kind)
	}
	return types, nil
}

func worldIn(tx *store.Tx, tables []string) (string, error) {
	if !slices.Contains(tables, stampTable) {
		return "", nil
	}
	var w string
	err := tx.QueryRow("SELECT world FROM store_stamp").Scan(&w)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return w, err
}

func texts(tx *store.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// quoted is a name for SQL, taken from the database's own catalogue.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
