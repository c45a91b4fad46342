package gov24

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Limits of what is read. The whole catalogue is below 25 MB.
const (
	maxFile     = 128 << 20
	maxServices = 100_000
)

// Count is a whole number that the catalogue writes as a number or as a text;
// what is neither is 0.
type Count int64

// UnmarshalJSON reads it.
func (c *Count) UnmarshalJSON(b []byte) error {
	n, _, _ := number(b)
	*c = Count(n)
	return nil
}

// Conditions are the codes of one service.
type Conditions struct {
	ID, Name string
	// Codes are those that are set, in order. The two that hold ages stand in
	// AgeFrom and AgeTo instead, -1 where they are not given.
	Codes          []string
	AgeFrom, AgeTo int
	// Strange are keys that look like codes and are none of the 48.
	Strange []string
}

// UnmarshalJSON reads a row: one key a code, "Y" where it is set.
func (c *Conditions) UnmarshalJSON(b []byte) error {
	var row map[string]json.RawMessage
	if err := json.Unmarshal(b, &row); err != nil {
		return err
	}
	*c = Conditions{AgeFrom: -1, AgeTo: -1}
	if err := text(row[idKey], &c.ID); err != nil {
		return fmt.Errorf("%s: %w", idKey, err)
	}
	if err := text(row[nameKey], &c.Name); err != nil {
		return fmt.Errorf("%s: %w", nameKey, err)
	}
	for _, code := range codes {
		raw, ok := row[code.id]
		if !ok {
			continue
		}
		delete(row, code.id)
		if code.group != groupAge {
			if set(raw) {
				c.Codes = append(c.Codes, code.id)
			}
			continue
		}
		n, given, err := number(raw)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", code.id, err)
		case !given:
		case n < 0 || n > 1000:
			return fmt.Errorf("%s: %d is no age", code.id, n)
		case code.id == ageFromCode:
			c.AgeFrom = int(n)
		default:
			c.AgeTo = int(n)
		}
	}
	for _, key := range sortedKeys(row) {
		if strings.HasPrefix(key, "JA") && set(row[key]) {
			c.Strange = append(c.Strange, key)
		}
	}
	return nil
}

// set tells whether a code is marked.
func set(raw json.RawMessage) bool {
	switch strings.ToUpper(strings.Trim(string(raw), `" `)) {
	case "", "N", "NULL", "FALSE", "0":
		return false
	}
	return true
}

// text reads a text, a number as it is written, or null.
func text(raw json.RawMessage, out *string) error {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if raw[0] == '"' {
		return json.Unmarshal(raw, out)
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return errors.New("neither a text nor a number")
	}
	*out = n.String()
	return nil
}

// number reads a whole number, also in quotes; given is false for an empty
// field.
func number(raw []byte) (n int64, given bool, err error) {
	s := strings.TrimSpace(strings.Trim(string(raw), `"`))
	if s == "" || s == "null" {
		return 0, false, nil
	}
	n, err = strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, false, fmt.Errorf("%.20q is no whole number", s)
	}
	return n, true, nil
}

// page is one answer of the API. Code and Message tell of an error.
type page[T any] struct {
	Page    int             `json:"page"`
	PerPage int             `json:"perPage"`
	Total   int             `json:"totalCount"`
	Current int             `json:"currentCount"`
	Match   int             `json:"matchCount"`
	Data    *[]T            `json:"data"`
	Code    json.RawMessage `json:"code"`
	Message string          `json:"msg"`
}

// Row is what a page holds.
type Row interface{ Service | Detail | Conditions }

// Decode reads rows: pages as the API answers them, or plain arrays, any number
// of them one after the other. An entry that cannot be read is an error.
func Decode[T Row](r io.Reader) ([]T, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("gov24: %w", err)
	}
	if len(b) > maxFile {
		return nil, fmt.Errorf("gov24: more than %d MB", maxFile>>20)
	}
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))))
	var out []T
	for {
		var raw json.RawMessage
		if err := dec.Decode(&raw); errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("gov24: no JSON: %w", err)
		}
		var rows []T
		if raw[0] == '[' {
			if err := json.Unmarshal(raw, &rows); err != nil {
				return nil, fmt.Errorf("gov24: %w", err)
			}
		} else {
			p, err := pageOf[T](raw)
			if err != nil {
				return nil, err
			}
			rows = *p.Data
		}
		if out = append(out, rows...); len(out) > maxServices {
			return nil, fmt.Errorf("gov24: more than %d entries", maxServices)
		}
	}
}

// pageOf reads one page; an answer without data is an error in the words of the
// API.
func pageOf[T Row](b []byte) (page[T], error) {
	var p page[T]
	if err := json.Unmarshal(b, &p); err != nil {
		return p, fmt.Errorf("gov24: no page of the catalogue: %w", err)
	}
	if p.Data == nil {
		return p, fmt.Errorf("gov24: a page without data: code %.20s, %.200q", p.Code, p.Message)
	}
	return p, nil
}
