package hostile

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
)

// png is a picture by its content: one grey pixel.
const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"

// upload posts a file to the question of a draft, under any name.
func (p *person) upload(draft, name string, content io.Reader) *answer {
	p.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	// CreateFormFile would tidy the name up.
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename="%s"`, name)},
		"Content-Type": {"image/png"}})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := io.Copy(part, content); err != nil {
		p.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		p.t.Fatal(err)
	}
	return p.send(http.MethodPost, draft+"/questions/files/file", &form, map[string]string{"Content-Type": w.FormDataContentType()})
}

// draft begins a petition and gives its path.
func (p *person) draft() string {
	p.t.Helper()
	a := p.form("/applications/start", url.Values{"service": {"general-petition"}, "key": {"draft"}}).is(http.StatusSeeOther)
	path := strings.TrimSuffix(a.header.Get("Location"), "/consent")
	if !strings.HasPrefix(path, "/applications/") {
		p.t.Fatalf("the draft is at %q", path)
	}
	return path
}

// files are the links of a draft's files: path and name.
func (p *person) files(draft string) map[string]string {
	p.t.Helper()
	out := map[string]string{}
	page := p.page(draft + "/questions/files").is(http.StatusOK).body
	for {
		_, rest, ok := strings.Cut(page, `<a href="`+draft+`/files/`)
		if !ok {
			return out
		}
		id, rest, _ := strings.Cut(rest, `">`)
		name, rest, _ := strings.Cut(rest, "</a>")
		out[draft+"/files/"+id] = name
		page = rest
	}
}

// TestUploadNames gives files names that mean harm. The file is kept under a
// harmless one, given out as an attachment, and nothing lands elsewhere.
func TestUploadNames(t *testing.T) {
	i := 0
	for name, want := range map[string]string{
		`../../../etc/passwd`:             "passwd.png",
		`..\..\windows\system32\evil.exe`: "evil.png",
		`C:\autoexec.bat`:                 "autoexec.png",
		`/etc/cron.d/x`:                   "x.png",
		`.htaccess`:                       "file.png",
		`CON`:                             "file.png",
		"photo\u202egnp.exe":              "photognp.png",
		`<script>alert(1)</script>.png`:   "script.png",
		strings.Repeat("a", 400) + ".png": strings.Repeat("a", 196) + ".png",
		`x.png%00.php`:                    "x.png%00.png",
		"사진 1.png":                        "사진 1.png",
		`evil.png\r\nSet-Cookie: admin=1`: "admin=1.png",
	} {
		t.Run(name[:min(len(name), 30)], func(t *testing.T) {
			i++
			p := somebody(t, fmt.Sprintf("p-%05d", 340+i)) // a draft takes five files
			draft := p.draft()
			p.upload(draft, name, strings.NewReader(png)).is(http.StatusSeeOther)
			files := p.files(draft)
			if len(files) != 1 {
				t.Fatalf("files %v", files)
			}
			for path, kept := range files {
				if kept != want {
					t.Errorf("kept as %q, want %q", kept, want)
				}
				a := p.page(path).is(http.StatusOK)
				if a.body != png || a.header.Get("Content-Type") != "image/png" || a.header.Get("X-Content-Type-Options") != "nosniff" ||
					!strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") || !strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") ||
					a.header.Get("Set-Cookie") != "" {
					t.Errorf("given out with %v", a.header)
				}
				somebody(t, "p-00332").page(path).refusal(http.StatusNotFound)
			}
		})
	}
}

// TestUploadContents sends files that are not wanted; none of them stays.
func TestUploadContents(t *testing.T) {
	p := somebody(t, "p-00333")
	draft := p.draft()
	for name, content := range map[string]string{
		"empty.png": "",
		"page.png":  "<html><script>alert(1)</script></html>",
		"run.png":   "MZ\x90\x00",
		"draw.svg":  `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
		"huge.png":  png + strings.Repeat("x", 11<<20),
	} {
		a := p.upload(draft, name, strings.NewReader(content))
		if a.status != http.StatusUnprocessableEntity && a.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: status %d", name, a.status)
		}
		a.refusal(a.status)
	}
	p.send(http.MethodPost, draft+"/questions/files/file", strings.NewReader("--x\r\nbroken"),
		map[string]string{"Content-Type": "multipart/form-data; boundary=x"}).refusal(http.StatusUnprocessableEntity)
	p.upload(draft+"x", "a.png", strings.NewReader(png)).refusal(http.StatusNotFound)
	if files := p.files(draft); len(files) != 0 {
		t.Errorf("kept %v", files)
	}
	for range 5 {
		p.upload(draft, "a.png", strings.NewReader(png)).is(http.StatusSeeOther)
	}
	p.upload(draft, "sixth.png", strings.NewReader(png)).refusal(http.StatusTooManyRequests)
	if files := p.files(draft); len(files) != 5 {
		t.Errorf("kept %v", files)
	}
}
