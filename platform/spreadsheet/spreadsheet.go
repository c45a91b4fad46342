// Package spreadsheet writes tables that people open in a spreadsheet: CSV as
// RFC 4180 has it, marked as UTF-8, in which no text becomes a formula.
package spreadsheet

import (
	"encoding/csv"
	"io"
	"net/http"
	"strings"
)

// Writer writes a table row by row.
type Writer struct{ c *csv.Writer }

// New begins a table. mark puts a byte order mark before it, by which
// spreadsheets know UTF-8; programs do without.
func New(w io.Writer, mark bool) (*Writer, error) {
	if mark {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return nil, err
		}
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return &Writer{c}, nil
}

// Row writes a row as it is; what people wrote goes through Text first. Close
// tells what failed.
func (w *Writer) Row(cells ...string) { _ = w.c.Write(cells) } // the writer keeps its error

// Close ends the table.
func (w *Writer) Close() error {
	w.c.Flush()
	return w.c.Error()
}

// Text is a cell that no spreadsheet computes: one that would be taken for a
// formula has an apostrophe before it. Some read the full-width signs so too, and
// some look past blanks.
func Text(s string) string {
	if strings.IndexAny(s, "\t\r\n") == 0 || strings.IndexAny(strings.TrimLeft(s, " \u3000"), "=+-@|\uff1d\uff0b\uff0d\uff20") == 0 {
		return "'" + s
	}
	return s
}

// Offer says in the head of an answer that a table follows, to be kept under a
// name of plain letters and by no cache.
func Offer(h http.Header, name string) {
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "private, no-store")
}
