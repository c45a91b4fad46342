package pgdriver

import (
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// resultFormats asks for the binary form where it is cheaper to read than
// text; every other type arrives as text and is handed on as a string.
var resultFormats = pgx.QueryResultFormatsByOID{
	pgtype.BoolOID:   pgx.BinaryFormatCode,
	pgtype.ByteaOID:  pgx.BinaryFormatCode,
	pgtype.Int2OID:   pgx.BinaryFormatCode,
	pgtype.Int4OID:   pgx.BinaryFormatCode,
	pgtype.Int8OID:   pgx.BinaryFormatCode,
	pgtype.Float4OID: pgx.BinaryFormatCode,
	pgtype.Float8OID: pgx.BinaryFormatCode,
}

type rows struct {
	pg      pgx.Rows
	columns []string
	oids    []uint32
	peeked  bool // the first row was already fetched
	done    bool
}

func newRows(r pgx.Rows, first bool) *rows {
	fields := r.FieldDescriptions()
	out := &rows{pg: r, columns: make([]string, len(fields)), oids: make([]uint32, len(fields)), peeked: first, done: !first}
	for i, f := range fields {
		out.columns[i], out.oids[i] = f.Name, f.DataTypeOID
	}
	return out
}

func (r *rows) Columns() []string { return r.columns }

func (r *rows) Close() error {
	r.pg.Close()
	return r.pg.Err()
}

func (r *rows) Next(dest []driver.Value) error {
	if r.done {
		return io.EOF
	}
	if r.peeked {
		r.peeked = false
	} else if !r.pg.Next() {
		r.done = true
		if err := r.pg.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	for i, raw := range r.pg.RawValues() {
		v, err := decode(r.oids[i], raw)
		if err != nil {
			return fmt.Errorf("column %s: %w", r.columns[i], err)
		}
		dest[i] = v
	}
	return nil
}

// decode copies a value out of the connection's read buffer.
func decode(oid uint32, raw []byte) (driver.Value, error) {
	if raw == nil {
		return nil, nil
	}
	want, v := 0, driver.Value(nil)
	switch oid {
	case pgtype.BoolOID:
		if want = 1; len(raw) == want {
			v = raw[0] == 1
		}
	case pgtype.Int2OID:
		if want = 2; len(raw) == want {
			v = int64(int16(binary.BigEndian.Uint16(raw)))
		}
	case pgtype.Int4OID:
		if want = 4; len(raw) == want {
			v = int64(int32(binary.BigEndian.Uint32(raw)))
		}
	case pgtype.Int8OID:
		if want = 8; len(raw) == want {
			v = int64(binary.BigEndian.Uint64(raw))
		}
	case pgtype.Float4OID:
		if want = 4; len(raw) == want {
			v = float64(math.Float32frombits(binary.BigEndian.Uint32(raw)))
		}
	case pgtype.Float8OID:
		if want = 8; len(raw) == want {
			v = math.Float64frombits(binary.BigEndian.Uint64(raw))
		}
	case pgtype.ByteaOID:
		return append(make([]byte, 0, len(raw)), raw...), nil
	default:
		return string(raw), nil
	}
	if v == nil {
		return nil, fmt.Errorf("pgdriver: %d bytes where %d were due", len(raw), want)
	}
	return v, nil
}
