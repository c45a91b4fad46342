package journeys

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"maru/platform/web"
)

// TestTheRulesBite breaks a page in the browser: rules that find nothing
// anywhere must be seen to find something.
func TestTheRulesBite(t *testing.T) {
	t.Parallel()
	v := visit(t)
	v.open("/help")
	eval[bool](v, `(() => {
const image = document.createElement("img");
image.src = "data:,";
image.style.width = "700px";
image.style.height = "10px";
document.querySelector("main").append(image);
return true; })()`)
	if found := strings.Join(v.accessible(), "\n"); !strings.Contains(found, "image-alt") {
		t.Errorf("an image without words is not found: %s", found)
	}
	if found := v.reflow(); len(found) == 0 {
		t.Error("what sticks out sideways is not found")
	}
	v.hears = nil // the policy of the page refused the style, and said so
}

// TestAtlas: a page is seen when it answers, not when it refuses or sends away.
func TestAtlas(t *testing.T) {
	t.Parallel()
	a := &atlas{}
	a.learn([]web.Page{
		{Method: http.MethodGet, Path: "/", Name: "home"}, {Method: http.MethodGet, Path: "/cases/{id}", Name: "case"},
		{Method: http.MethodPost, Path: "/cases/{id}", Name: "save"}, {Method: http.MethodGet, Path: "/desk", Name: "desk"},
		{Method: http.MethodGet, Path: "/gone", Name: "gone"},
	})
	a.mark("GET", "/en", 200, "")
	a.mark("GET", "/en/cases/7", 200, "")
	a.mark("POST", "/cases/7", 303, "/cases/7")
	a.mark("GET", "/desk", 303, "/en/sign-in?next=/desk")
	a.mark("GET", "/gone", 404, "")
	a.mark("GET", "/static/maru.css", 200, "")
	if got := a.unseen(); !slices.Equal(got, []string{"desk", "gone"}) {
		t.Errorf("unseen: %v", got)
	}
}
