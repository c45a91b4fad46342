package webtest

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"testing"
)

// sound is a page that keeps the contract; %s stands in its main part.
func sound(body string) []byte {
	return []byte(`<!doctype html><html lang="ko"><head><title>t</title></head><body><main><h1>h</h1>` + body + `</main></body></html>`)
}

func TestSoundPage(t *testing.T) {
	Check(t, sound(`<h2>a</h2><h3>b</h3><h2>c</h2>
<form method="post" action="/x"><label for="n">name</label><input id="n" name="n" data-personal autocomplete="name" aria-describedby="n-hint" aria-invalid="true"><p id="n-hint">x</p><button type="submit">go</button></form>
<svg aria-hidden="true"></svg><svg><title>x</title></svg><a href="#n">name</a>`))
}

func TestProblems(t *testing.T) {
	noise := make([]byte, 24<<10)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, page, want string }{
		{"no h1", strings.Replace(string(sound("")), "<h1>h</h1>", "", 1), "0 h1"},
		{"two h1", string(sound("<h1>again</h1>")), "2 h1"},
		{"no lang", strings.Replace(string(sound("")), ` lang="ko"`, "", 1), "lang"},
		{"no title", strings.Replace(string(sound("")), "<title>t</title>", "", 1), "no title"},
		{"no main", `<!doctype html><html lang="ko"><head><title>t</title></head><body><h1>h</h1></body></html>`, "0 main"},
		{"skipped heading", string(sound("<h3>x</h3>")), "a level is skipped"},
		{"empty heading", string(sound("<h2></h2>")), "h2 is empty"},
		{"input without label", string(sound(`<input name="a">`)), "has no label"},
		{"input without name", string(sound(`<label for="a">x</label><input id="a">`)), "has no name"},
		{"personal input", string(sound(`<label>x<input name="a" data-personal></label>`)), "needs autocomplete"},
		{"wrong without why", string(sound(`<label>x<input name="a" aria-invalid="true"></label>`)), "without saying why"},
		{"dangling describedby", string(sound(`<label>x<input name="a" aria-describedby="gone"></label>`)), `names "gone"`},
		{"dangling for", string(sound(`<label for="gone">x</label>`)), `names "gone"`},
		{"same id", string(sound(`<p id="a"></p><p id="a"></p>`)), "used twice"},
		{"id of two words", string(sound(`<p id="a b"></p>`)), "not one word"},
		{"inline style", string(sound(`<p style="color:red">x</p>`)), "inline style"},
		{"style element", string(sound(`<style>p{}</style>`)), "style element"},
		{"handler", string(sound(`<p onclick="x()">x</p>`)), "inline onclick"},
		{"inline script", string(sound(`<script>x()</script>`)), "inline script"},
		{"foreign script", string(sound(`<script src="https://cdn.example/x.js"></script>`)), "from elsewhere"},
		{"foreign image", string(sound(`<img alt="" src="//cdn.example/x.png">`)), "from elsewhere"},
		{"image without alt", string(sound(`<img src="/x.png">`)), "no alt"},
		{"svg without name", string(sound(`<svg></svg>`)), "neither title nor aria-hidden"},
		{"vague link", string(sound(`<a href="/x"> 여기 </a>`)), "says nothing alone"},
		{"vague English link", string(sound(`<a href="/x">Here</a>`)), "says nothing alone"},
		{"empty link", string(sound(`<a href="/x"></a>`)), "has no text"},
		{"link to nowhere", string(sound(`<a href="#gone">x</a>`)), "not there"},
		{"unsafe link", string(sound(`<a href="javascript:x()">x</a>`)), "unsafe"},
		{"new window", string(sound(`<a href="/x" target="_blank">x</a>`)), "new window"},
		{"button without type", string(sound(`<button>x</button>`)), "no type"},
		{"button without name", string(sound(`<button type="submit"></button>`)), "no name"},
		{"form without method", string(sound(`<form action="/x"></form>`)), "no method"},
		{"form to elsewhere", string(sound(`<form method="post" action="https://x.example"></form>`)), "leaves this site"},
		{"table without caption", string(sound(`<table></table>`)), "no caption"},
		{"fieldset without legend", string(sound(`<fieldset></fieldset>`)), "no legend"},
		{"missing message", string(sound(`⟨a.b⟩`)), "shows"},
		{"too large", string(sound(hex.EncodeToString(noise))), "compressed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, p := range Problems([]byte(tt.page)) {
				if strings.Contains(p, tt.want) {
					return
				}
			}
			t.Errorf("problems %v, want one that says %q", Problems([]byte(tt.page)), tt.want)
		})
	}
}
