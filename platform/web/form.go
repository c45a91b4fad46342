package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"maru/kernel"
)

// maxFields bounds the inputs of one form: far above any form of ours, far
// below what costs time to take apart.
const maxFields = 1000

// ParseForm reads a posted form. Broken UTF-8 and NUL are refused (no person
// types them), line ends become \n. Values of the query are not mixed in.
func (r *Request) ParseForm() (url.Values, error) {
	if r.posted != nil {
		return r.posted, nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, kernel.E(kernel.Invalid, "error.form", err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, bodyError(err)
	}
	if strings.Count(string(body), "&") >= maxFields {
		return nil, kernel.E(kernel.TooLarge, "error.too_large", nil)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, kernel.E(kernel.Invalid, "error.form", err)
	}
	if err := clean(form); err != nil {
		return nil, err
	}
	r.posted = form
	return form, nil
}

// File is one uploaded file of a form, read once, as it comes in.
type File struct {
	Field string // name of the input
	Name  string // what the person's machine calls it; not to be trusted
	Body  io.Reader
}

// ParseMultipart reads a form with files. Each file goes to take as it
// arrives, nothing is buffered; inputs that stand before the file in the form
// are already in the values given to take. An empty file input is skipped. A form
// that was kept and posted again comes without its files, as a plain form.
func (r *Request) ParseMultipart(take func(values url.Values, f File) error) (url.Values, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "application/x-www-form-urlencoded" {
		return r.ParseForm()
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, kernel.E(kernel.Invalid, "error.form", err)
	}
	values := url.Values{}
	rest := DefaultMaxBody // for all text inputs: only files may be larger
	for range maxFields {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return nil, bodyError(err)
		}
		if err := onePart(p, values, &rest, take); err != nil {
			return nil, err
		}
	}
	return nil, kernel.E(kernel.TooLarge, "error.too_large", nil)
}

func onePart(p *multipart.Part, values url.Values, rest *int, take func(url.Values, File) error) error {
	defer p.Close()
	if name, isFile := fileName(p); isFile {
		if name == "" {
			return nil
		}
		if !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
			return kernel.E(kernel.Invalid, "error.text", nil)
		}
		err := take(values, File{Field: p.FormName(), Name: name, Body: p})
		var large *http.MaxBytesError
		if errors.As(err, &large) { // however the reader of the file wrapped it
			return bodyError(err)
		}
		return err
	}
	b, err := io.ReadAll(io.LimitReader(p, int64(*rest)+1))
	if err != nil {
		return bodyError(err)
	}
	if *rest -= len(b); *rest < 0 {
		return kernel.E(kernel.TooLarge, "error.too_large", nil)
	}
	one := url.Values{p.FormName(): {string(b)}}
	if err := clean(one); err != nil {
		return err
	}
	values.Add(p.FormName(), one.Get(p.FormName()))
	return nil
}

// fileName tells a file input from a text input: only the former states a file
// name, an empty one when the person chose nothing.
func fileName(p *multipart.Part) (string, bool) {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil {
		return "", false
	}
	if _, ok := params["filename"]; !ok {
		return "", false
	}
	return p.FileName(), true
}

// clean refuses what is not text and makes line ends one kind.
func clean(form url.Values) error {
	for name, values := range form {
		if !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
			return kernel.E(kernel.Invalid, "error.text", nil)
		}
		for i, v := range values {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				return kernel.E(kernel.Invalid, "error.text", nil).Field(name, "error.text", nil)
			}
			if strings.ContainsRune(v, '\r') {
				values[i] = strings.ReplaceAll(strings.ReplaceAll(v, "\r\n", "\n"), "\r", "\n")
			}
		}
	}
	return nil
}

// bodyError tells a body that is too large from one that broke off.
func bodyError(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return kernel.E(kernel.TooLarge, "error.too_large", err)
	}
	return kernel.E(kernel.Invalid, "error.form", err)
}
