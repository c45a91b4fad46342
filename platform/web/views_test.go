package web

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"maru/design"
	"maru/kernel"
	"maru/platform/i18n"
)

func testServer(t testing.TB) *Server {
	t.Helper()
	c, err := i18n.Load(design.Messages, Messages())
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{Catalog: c, Demo: true})
}

// run executes a template that is src.
func run(t *testing.T, l kernel.Lang, src string, data any) (string, error) {
	t.Helper()
	v, err := parseViews(fstest.MapFS{"x.html": {Data: []byte(src)}})
	if err != nil {
		return "", err
	}
	tmpl, err := v.bind(testServer(t), l)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = tmpl.ExecuteTemplate(&b, "x", data)
	return b.String(), err
}

func TestFuncs(t *testing.T) {
	day := kernel.MustDate("2026-11-21")
	tests := []struct {
		lang kernel.Lang
		src  string
		data any
		want string
	}{
		{kernel.KO, `{{link "/a"}} {{link "/"}} {{link "#x"}}`, nil, "/a / #x"},
		{kernel.EN, `{{link "/a"}} {{link "/"}} {{link "/?q=1"}} {{link "/api/v1"}} {{link "/en/a"}} {{link "https://x.kr"}}`, nil, "/en/a /en /en?q=1 /api/v1 /en/a https://x.kr"},
		{kernel.KO, `{{date .}} {{dateshort .}} {{iso .}}`, day, "2026년 11월 21일(토) 2026. 11. 21. 2026-11-21"},
		{kernel.KO, `{{money .}} / {{units .}}`, kernel.Money(12345678), "12,345,678원 / 1,234만 5,678 원"},
		{kernel.KO, `{{josa . "을/를"}} {{lang}}`, "신청서", "신청서를 ko"},
		{kernel.EN, `{{text .}}`, kernel.Text{KO: "가", EN: "a"}, "a"},
		{kernel.KO, `{{number 1200}} {{bytes 2048}} {{join "a" "" "b"}} {{add 1 2}}`, nil, "1,200 2 KB a b 3"},
		{kernel.KO, `{{range options "a" "A" "b" "B"}}{{.Value}}{{.Label}} {{end}}`, nil, "aA bB "},
		{kernel.KO, `{{chosen . "x"}} {{chosen . "z"}}`, []string{"x", "y"}, "true false"},
		{kernel.KO, `{{chosen . "x"}}`, kernel.SetOf("x"), "true"},
		{kernel.KO, `{{chosen . "true"}}`, kernel.BoolOf(true), "true"},
		{kernel.KO, `{{chosen . ""}}`, "", "false"},
	}
	for _, tt := range tests {
		if got, err := run(t, tt.lang, tt.src, tt.data); err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.src, got, err, tt.want)
		}
	}
}

func TestTemplatesFailOnMistakes(t *testing.T) {
	tests := []struct{ src, want string }{
		{`{{t "no.such.key"}}`, "no message"},
		{`{{static "absent.css"}}`, "no static file"},
		{`{{icon "absent"}}`, "no icon"},
		{`{{template "button" (dict "Txt" "x")}}`, `no "Txt"`},
		{`{{template "button" (dict "Href" "x")}}`, `needs "Text"`},
		{`{{template "button" (dict "Text")}}`, "a name without a value"},
		{`{{template "button" (dict "Text" "a" "Text" "b")}}`, "given twice"},
		{`{{template "field" (dict "Kind" "colour" "Name" "a" "Label" "b")}}`, "no such kind"},
		{`{{options "a"}}`, "a value without a label"},
		{`{{nosuchfunc}}`, "not defined"},
		{`{{define "button"}}{{end}}`, "exists already"},
	}
	for _, tt := range tests {
		if _, err := run(t, kernel.KO, tt.src, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.src, err, tt.want)
		}
	}
}

func TestDateInputShowsWhatWasTyped(t *testing.T) {
	tests := []struct {
		args string
		data any
		want []string
	}{
		{`"Value" .`, kernel.MustDate("1990-03-07"), []string{`value="1990"`, `value="3"`, `value="7"`}},
		{`"Value" .`, kernel.DateValueOf(kernel.MustDate("1990-03-07")), []string{`value="1990"`, `value="3"`}},
		{`"Value" .`, "1990-12-07", []string{`value="12"`}},
		{`"Value" .`, "nonsense", []string{`value=""`}},
		{`"Year" "19xx" "Month" "13"`, nil, []string{`value="19xx"`, `value="13"`}},
	}
	for _, tt := range tests {
		got, err := run(t, kernel.KO, `{{template "date-input" (dict "Name" "b" "Legend" "x" `+tt.args+`)}}`, tt.data)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range tt.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s %v: lacks %s", tt.args, tt.data, w)
			}
		}
	}
}

func TestValuesAreEscaped(t *testing.T) {
	got, err := run(t, kernel.KO, `{{template "text" (dict "Name" "a" "Label" . "Value" . "Error" .)}}{{template "button" (dict "Text" . "Href" "javascript:alert(1)")}}{{md .}}`, `"><script>alert(1)</script>`)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got, "<script") || strings.Contains(got, "javascript:") {
		t.Errorf("unescaped: %s", got)
	}
}

func TestMarkdown(t *testing.T) {
	tests := []struct {
		lang          kernel.Lang
		source, wants string
	}{
		{kernel.KO, "# 제목\n\n글", "<h2>제목</h2>\n<p>글</p>\n"},
		{kernel.KO, "### 셋\n\n##### 다섯\n", "<h2>셋</h2>\n<h3>다섯</h3>\n"},
		{kernel.EN, "[go](/services/x)", `<p><a href="/en/services/x">go</a></p>` + "\n"},
		{kernel.KO, "[x](javascript:alert(1))", `<p><a href="">x</a></p>` + "\n"},
		{kernel.KO, "<b onclick=x>a</b>", "<p><!-- raw HTML omitted -->a<!-- raw HTML omitted --></p>\n"},
		{kernel.KO, "|a|b|\n|:-|-:|\n|1|2|", "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n"},
	}
	for _, tt := range tests {
		got, err := newMarkdown(tt.lang)(tt.source)
		if err != nil || string(got) != tt.wants {
			t.Errorf("%q: %q, %v; want %q", tt.source, got, err, tt.wants)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("# a\n[b](javascript:c)\n<script>")
	md := newMarkdown(kernel.EN)
	f.Fuzz(func(t *testing.T, s string) {
		got, err := md(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<script", "javascript:", "<h1", " style="} {
			if strings.Contains(strings.ToLower(string(got)), bad) && !strings.Contains(string(got), "&lt;") {
				if bad == "javascript:" && !strings.Contains(string(got), `"javascript:`) || bad == " style=" {
					continue // as text, not as an attribute
				}
				t.Errorf("%q gave %q", s, got)
			}
		}
	})
}
