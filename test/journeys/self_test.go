package journeys

import (
	"strings"
	"testing"
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
