package web_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"maru/kernel"
	"maru/platform/web"
	"maru/platform/web/webtest"
)

// echo registers /form, which renders the form again with what is wrong.
func echo(site *webtest.Site, got *url.Values) {
	site.Server.Page(web.Page{Method: "POST", Path: "/form", Name: "t.form", For: web.Public, Handler: func(w http.ResponseWriter, r *web.Request) error {
		form, err := r.ParseForm()
		if err != nil {
			return err
		}
		*got = form
		bad := kernel.E(kernel.Invalid, "error.check_answers", nil)
		if form.Get("email") == "" {
			bad.Field("email", "error.required", nil)
		}
		if _, err := web.FormDate(form, "born"); err != nil {
			bad.Fields = append(bad.Fields, err.(*kernel.Error).Fields...)
		}
		if len(bad.Fields) > 0 {
			return site.Server.Render(w, r, views, web.View{Template: "form", Title: "form", Data: form.Get("email"), Err: bad})
		}
		site.Server.Flash(w, "ui.copied")
		return site.Server.Redirect(w, r, "/help")
	}})
}

func TestFormErrorsAreShownTwice(t *testing.T) {
	site := webtest.New(t)
	var got url.Values
	echo(site, &got)
	p := site.Post("/form", url.Values{"born-year": {"1990"}, "born-month": {"13"}, "born-day": {"7"}})
	if p.Status != 422 {
		t.Fatalf("%d %s", p.Status, site.Log)
	}
	for _, want := range []string{
		"<title>오류: form | 마루</title>",
		`<a href="#email">답을 적거나 골라 주세요.</a>`,
		`<a href="#born-month">달을 1에서 12 사이 숫자로 써 주세요.</a>`,
		`aria-describedby="email-error" aria-invalid="true"`,
	} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("page lacks %s", want)
		}
	}
	if n := strings.Count(p.Body, `aria-invalid="true"`); n != 2 {
		t.Errorf("%d inputs marked wrong, want the e-mail and the month", n)
	}
}

func TestRedirectKeepsLanguageAndSaysDoneOnce(t *testing.T) {
	site := webtest.New(t)
	var got url.Values
	echo(site, &got)
	p := site.Post("/en/form", url.Values{"email": {"a@b.kr\r\nx"}})
	if p.Status != 303 || p.Location() != "/en/help" || got.Get("email") != "a@b.kr\nx" {
		t.Fatalf("%d %s %q", p.Status, p.Location(), got)
	}
	if p := site.Get("/en/help"); !p.Has("Copied.") {
		t.Error("the message is not shown")
	}
	if p := site.Get("/en/help"); strings.Contains(p.Body, `class="banner`) {
		t.Error("the message is shown twice")
	}
}

func TestFormRefuses(t *testing.T) {
	tests := []struct {
		name, kind, body string
		status           int
	}{
		{"NUL", "application/x-www-form-urlencoded", "email=a%00b", 422},
		{"broken UTF-8", "application/x-www-form-urlencoded", "email=%ff%fe", 422},
		{"broken name", "application/x-www-form-urlencoded", "%ff=a", 422},
		{"broken escape", "application/x-www-form-urlencoded", "email=%zz", 422},
		{"semicolon", "application/x-www-form-urlencoded", "a;b", 422},
		{"other type", "text/plain", "email=a", 422},
		{"no type", "", "email=a", 422},
		{"too many fields", "application/x-www-form-urlencoded", strings.Repeat("a=1&", 1001), 413},
		{"too large", "application/x-www-form-urlencoded", "email=" + strings.Repeat("a", web.DefaultMaxBody), 413},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			site := webtest.New(t)
			var got url.Values
			echo(site, &got)
			r := httptest.NewRequest("POST", "/form", strings.NewReader(tt.body))
			if tt.kind != "" {
				r.Header.Set("Content-Type", tt.kind)
			}
			if p := site.Do(r); p.Status != tt.status || got != nil {
				t.Errorf("%d, want %d; form %v", p.Status, tt.status, got)
			}
		})
	}
}

func TestMultipart(t *testing.T) {
	site := webtest.New(t)
	var names []string
	var size int
	var seen, all url.Values
	site.Server.Page(web.Page{Method: "POST", Path: "/up", Name: "t.up", For: web.Public, MaxBody: 3 << 20, Handler: func(w http.ResponseWriter, r *web.Request) error {
		var err error
		all, err = r.ParseMultipart(func(values url.Values, f web.File) error {
			names, seen = append(names, f.Field+"="+f.Name), values
			n, err := io.Copy(io.Discard, f.Body)
			size = int(n)
			return err
		})
		if err != nil {
			return err
		}
		return site.Server.Redirect(w, r, "/help")
	}})
	send := func(build func(*multipart.Writer)) *webtest.Page {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		build(m)
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("POST", "/up", &b)
		r.Header.Set("Content-Type", m.FormDataContentType())
		return site.Do(r)
	}
	file := func(m *multipart.Writer, name string, size int) {
		w, err := m.CreateFormFile("paper", name)
		if err == nil {
			_, err = w.Write(make([]byte, size))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	p := send(func(m *multipart.Writer) {
		_ = m.WriteField("key", "k1")
		file(m, "../../etc/계약서.pdf", 2<<20)
		file(m, "", 0)
		_ = m.WriteField("after", "x")
	})
	if p.Status != 303 || len(names) != 1 || names[0] != "paper=계약서.pdf" || size != 2<<20 || seen.Get("key") != "k1" || all.Get("after") != "x" {
		t.Errorf("%d %v %d %v %v", p.Status, names, size, seen, all)
	}
	if p := send(func(m *multipart.Writer) { file(m, "big.pdf", 4<<20) }); p.Status != 413 {
		t.Errorf("over the page's limit: %d", p.Status)
	}
	if p := send(func(m *multipart.Writer) {
		for range 3 { // each within the bound, together beyond it
			_ = m.WriteField("a", strings.Repeat("x", web.DefaultMaxBody/2))
		}
	}); p.Status != 413 {
		t.Errorf("texts over the default limit: %d", p.Status)
	}
	if p := send(func(m *multipart.Writer) { _ = m.WriteField("a", "\xff") }); p.Status != 422 {
		t.Errorf("broken UTF-8: %d", p.Status)
	}
	r := httptest.NewRequest("POST", "/up", strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	if p := site.Do(r); p.Status != 422 {
		t.Errorf("no form: %d", p.Status)
	}
}

func TestFormDate(t *testing.T) {
	form := func(y, m, d string) url.Values {
		return url.Values{"b-year": {y}, "b-month": {m}, "b-day": {d}}
	}
	tests := []struct {
		form  url.Values
		want  string
		field string
	}{
		{form("", "", ""), "", ""},
		{form("1990", "3", "7"), "1990-03-07", ""},
		{form(" 2024 ", "02", "29"), "2024-02-29", ""},
		{form("2023", "2", "29"), "", "b"},
		{form("2023", "13", "1"), "", "b-month"},
		{form("23", "1", "1"), "", "b-year"},
		{form("2023", "", "1"), "", "b-month"},
		{form("2023", "1", "x"), "", "b-day"},
	}
	for _, tt := range tests {
		d, err := web.FormDate(tt.form, "b")
		field := ""
		if e, ok := err.(*kernel.Error); ok {
			field = e.Fields[0].Field
		}
		if d.String() != tt.want || field != tt.field {
			t.Errorf("%v: %q, wrong %q", tt.form, d, field)
		}
	}
}

func FuzzParseForm(f *testing.F) {
	f.Add("a=b&c=%00")
	f.Add("%ff=1")
	f.Fuzz(func(t *testing.T, body string) {
		hr := httptest.NewRequest("POST", "/", strings.NewReader(body))
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		form, err := (&web.Request{Request: hr}).ParseForm()
		for name, values := range form {
			if err != nil || strings.ContainsAny(name+strings.Join(values, ""), "\x00\r") && !strings.Contains(name, "\r") {
				t.Errorf("%q gave %v, %v", body, form, err)
			}
		}
	})
}
