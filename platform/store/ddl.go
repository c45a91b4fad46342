package store

import "strings"

// sqliteTypes are the words of the portable subset that SQLite's STRICT tables
// spell differently.
var sqliteTypes = map[string]string{
	"BIGINT":  "INTEGER",
	"BOOLEAN": "INTEGER",
	"JSONB":   "TEXT",
	"BYTEA":   "BLOB",
	"DOUBLE":  "REAL", // DOUBLE PRECISION
}

// sqliteDDL turns a migration written for PostgreSQL into SQLite's: it maps
// the types and makes every table STRICT, without which SQLite would take a
// text for a number. Strings, quoted names and comments stay as they are; the
// comment /* clustered */ in a CREATE TABLE has SQLite keep the rows in their
// primary key, once, instead of rows and key each in a tree of its own.
func sqliteDDL(script string) string {
	var out strings.Builder
	var first []string // the statement's first words, to know CREATE TABLE
	afterDouble, inKey := false, false
	endStatement := func() {
		if createsTable(first) {
			out.WriteString(" STRICT")
			if inKey {
				out.WriteString(", WITHOUT ROWID")
			}
		}
		first, inKey = nil, false
	}
	for i := 0; i < len(script); {
		if n := skip(script[i:]); n > 0 {
			inKey = inKey || script[i:i+n] == clustered
			out.WriteString(script[i : i+n])
			i += n
			continue
		}
		switch c := script[i]; {
		case c == ';':
			endStatement()
			out.WriteByte(c)
			i++
		case isWord(c):
			n := 1
			for i+n < len(script) && isWord(script[i+n]) {
				n++
			}
			word := script[i : i+n]
			upper := strings.ToUpper(word)
			i += n
			if len(first) < 3 {
				first = append(first, upper)
			}
			if afterDouble && upper == "PRECISION" {
				afterDouble = false
				continue
			}
			afterDouble = upper == "DOUBLE"
			if mapped, ok := sqliteTypes[upper]; ok {
				word = mapped
			}
			out.WriteString(word)
		default:
			out.WriteByte(c)
			i++
		}
	}
	endStatement()
	return out.String()
}

const clustered = "/* clustered */"

func createsTable(words []string) bool {
	return len(words) >= 2 && words[0] == "CREATE" && words[1] == "TABLE"
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// skip is the length of the string, quoted name or comment that s begins with,
// or 0. One that is not closed reaches to the end.
func skip(s string) int {
	var end string
	switch {
	case strings.HasPrefix(s, "'"):
		end = "'"
	case strings.HasPrefix(s, `"`):
		end = `"`
	case strings.HasPrefix(s, "--"):
		end = "\n"
	case strings.HasPrefix(s, "/*"):
		end = "*/"
	default:
		return 0
	}
	from := len(end)
	if n := strings.Index(s[from:], end); n >= 0 {
		// A doubled quote inside a string ends it and begins another one, which
		// comes to the same.
		return from + n + len(end)
	}
	return len(s)
}
