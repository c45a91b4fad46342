package journeys

import (
	"bytes"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// snapshot is a photo as a phone takes it, with its position inside.
func snapshot(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 640, 480)), nil); err != nil {
		t.Fatal(err)
	}
	said := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00GPS 37.5"
	photo := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(said) + 2)}, said...)
	name := filepath.Join(t.TempDir(), "IMG_0001.jpg")
	if err := os.WriteFile(name, append(photo, b.Bytes()[2:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// online tells the tab whether there is a network; the line itself is cut
// elsewhere.
func (v *visitor) online(yes bool) {
	v.t.Helper()
	_, err := chromedp.Call(v.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !yes, DownloadThroughput: -1, UploadThroughput: -1})
	v.must(err)
}

// stand puts the phone somewhere and lets it say where.
func (v *visitor) stand(lat, lon float64) {
	v.t.Helper()
	accuracy := 12.0
	_, err := chromedp.Call(v.ctx, emulation.SetGeolocationOverride, emulation.SetGeolocationOverrideParams{Latitude: &lat, Longitude: &lon, Accuracy: &accuracy})
	v.must(err)
	_, err = chromedp.CallBrowser(v.ctx, browser.SetPermission, browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "geolocation"},
		Setting: browser.PermissionSettingGranted, Origin: v.house.trial.URL, BrowserContextID: chromedp.FromContext(v.ctx).BrowserContextID})
	v.must(err)
}

// stands waits until a part of the page says a text: scripts take their time.
func (v *visitor) stands(selector, text string) {
	v.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if strings.Contains(v.text(selector), text) {
			return
		}
		if time.Now().After(deadline) {
			v.snap("stands")
			v.t.Fatalf("on %s: %s never says %q; it says %q. The page: %s", v.page.Path, selector, text, v.text(selector), v.text("main"))
		}
	}
}

// plans plans an inspection of today from a case that stands there and is taken.
func (o *visitor) plans(check string) {
	o.t.Helper()
	o.press(o.T("casework.field.title"))
	o.write("checks", "")
	o.pressFor(422, o.T("casework.field.plan_do"))
	o.write("address", "종로구 사직로 8")
	o.write("checks", check+"\n등의 색")
	o.press(o.T("casework.field.plan_do"))
	o.reads(o.T("casework.field.done.planned"), "종로구 사직로 8")
}

// takes takes an inspection along and lands on the phone's page.
func (o *visitor) takes(number string) {
	o.t.Helper()
	id := eval[string](o, `[...document.querySelectorAll("[data-take]")].sort((a, b) => b.textContent.includes(`+quote(number)+`) - a.textContent.includes(`+quote(number)+`))[0].dataset.take`)
	o.going(200, chromedp.Click(chromedp.CSS(`[data-take="`+id+`"]`)))
	if o.page.Name != "casework.field_phone" {
		o.t.Fatalf("taking along leads to %s", o.page.Path)
	}
	o.stands("#one-title", number)
	o.stands("#state", o.T("casework.field.js.ready"))
}

// hush forgets what the console says while something is to be refused.
func (v *visitor) hush(act func()) {
	v.t.Helper()
	v.complain()
	act()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.hears = nil
}

// arrived holds that the case's inspection holds one entry with the note, and one photo.
func (o *visitor) arrived(number, note string) {
	o.t.Helper()
	o.openCase(number)
	if n := strings.Count(o.text("main"), o.T("casework.event.inspected")); n != 1 {
		o.t.Errorf("the timeline holds %d inspections: %s", n, o.text("main"))
	}
	o.reads(note)
	o.press(o.T("casework.field.title"))
	o.going(200, chromedp.Click(chromedp.CSS(`main table a`)))
	o.reads(o.T("casework.field.report"), note, o.T("casework.field.result.differs"), o.T("casework.field.checked"))
	if n := eval[int](o, `document.querySelectorAll(".photos img").length`); n != 1 {
		o.t.Errorf("%d photos arrived", n)
	}
	if !eval[bool](o, `Promise.all([...document.querySelectorAll(".photos img")].map(i => (i.loading = "eager", i.decode()))).then(() => true)`) {
		o.t.Error("the photo cannot be seen")
	}
}

// TestFieldWork: an official takes an inspection along, loses the connection, opens
// the page again, writes and takes a photo; what was sent while answers were
// lost arrives once.
func TestFieldWork(t *testing.T) {
	t.Parallel()
	v := visit(t)
	r := v.apply(petition("moved"))
	far, line := lineTo(t, town)
	o := official(t, r.body, false, at(far))
	o.openCase(r.number)
	o.press(o.T("casework.field.title"))
	o.reads(o.T("casework.field.take_first"))
	o.openCase(r.number)
	o.take()
	o.plans("신호등이 켜지나요")
	o.open("/desk/field")
	o.reads("종로구 사직로 8", r.number)
	o.takes(r.number)
	// The shell says nothing of anybody, even to those who are signed in.
	if kept := eval[string](o, `caches.keys().then(async names => (await Promise.all(names.map(async n => Promise.all((await (await caches.open(n)).keys()).map(async q => new URL(q.url).pathname + " " + (await (await (await caches.open(n)).match(q)).text())))))).flat().join("\n"))`); strings.Contains(kept, r.number) || strings.Contains(kept, "사직로") || strings.Contains(kept, `action="/sign-out"`) || !strings.Contains(kept, "/desk/field/phone") {
		t.Errorf("the worker keeps %.300s", kept)
	}

	line.cut(false)
	o.online(false)
	o.going(200, chromedp.Reload()) // without a connection
	o.stands("#one-title", r.number)
	o.stands("#state", o.T("casework.field.js.offline"))
	o.choose("result", "differs")
	o.choose("done", "0")
	o.write("notes", "한쪽 등만 꺼져 있어요.")
	photo := snapshot(t)
	o.attach("photo", photo)
	o.stands("#photos", o.T("casework.field.js.caption", "n", 1))
	eval[chromedp.Void](o, `(() => { const e = document.querySelector("#photos input"); e.value = "꺼진 등"; e.dispatchEvent(new Event("input", {bubbles: true})); })()`)
	for _, f := range append(o.accessible(), o.reflow()...) {
		t.Errorf("while writing: %s", f)
	}
	o.click(pass("press", o.T("casework.field.send")))
	o.stands("#state", o.T("casework.field.js.saved", "n", 1))
	o.stands("#taken", o.T("casework.field.js.waits"))
	o.going(200, chromedp.Reload())
	o.stands("#state", o.T("casework.field.js.saved", "n", 1))
	o.stands("#photos", o.T("casework.field.js.caption", "n", 1))
	if got := eval[string](o, `document.getElementById("notes").value + document.querySelector("#photos input").value`); got != "한쪽 등만 꺼져 있어요.꺼진 등" {
		t.Errorf("after the reload there stands %q", got)
	}
	// Nothing of it lies open on the device.
	if open := eval[string](o, `new Promise(ok => { const r = indexedDB.open("maru-field"); r.onsuccess = () => { const q = r.result.transaction("box").objectStore("box").getAll(); q.onsuccess = () => { r.result.close(); ok(JSON.stringify(q.result)); }; }; })`); !strings.Contains(open, "sealed") || strings.Contains(open, "꺼져") || strings.Contains(open, "사직로") || strings.Contains(open, r.number) {
		t.Errorf("the device keeps %s", open)
	}

	sent, err := os.Stat(photo)
	if err != nil {
		t.Fatal(err)
	}
	line.cut(true) // requests arrive, their answers do not
	o.online(true)
	for deadline := time.Now().Add(patience); line.arrived.Load() < sent.Size(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("nothing was sent: %s", o.text("main"))
		}
	}
	o.stands("#state", o.T("casework.field.js.no_answer"))
	o.stands("#state", o.T("casework.field.js.saved", "n", 1))
	line.mend()
	o.click(pass("press", o.T("casework.field.send_now")))
	o.stands("#sent", o.T("casework.field.js.sent"))
	o.stands("#state", o.T("casework.field.js.ready"))
	o.arrived(r.number, "한쪽 등만 꺼져 있어요.")
	o.reads(o.T("casework.field.was_cleaned"), "꺼진 등")

	o.press(o.T("casework.field.into_reason"))
	if got := eval[string](o, `document.getElementById("reason").value`); !strings.Contains(got, "한쪽 등만 꺼져 있어요.") || !strings.Contains(got, "신호등이 켜지나요") {
		t.Errorf("the reason is %q", got)
	}
}

// TestFieldRefused: a case that was decided meanwhile takes nothing more; the
// draft stays, can be read as text, and leaves with the sign-out.
func TestFieldRefused(t *testing.T) {
	t.Parallel()
	v := visit(t)
	r := v.apply(petition("single_parent"))
	o := official(t, r.body, false)
	o.openCase(r.number)
	o.take()
	o.plans("신호등이 켜지나요")
	o.stand(37.5759, 126.9769)
	o.takes(r.number)
	o.write("notes", "모두 켜져 있어요.")
	o.choose("result", "confirmed")
	o.click(pass("press", o.T("casework.field.locate")))
	o.stands("#where", "위도 37.57590, 경도 126.97690, 오차 12m")
	o.click(pass("press", o.T("casework.field.unlocate")))
	o.stands("#where", o.T("casework.field.no_position"))
	o.click(pass("press", o.T("casework.field.locate")))
	o.stands("#where", "위도 37.57590")
	o.stands("#state", o.T("casework.field.js.saved", "n", 1))

	second := official(t, r.body, true)
	second.openCase(r.number)
	second.take()

	o.hush(func() {
		o.click(pass("press", o.T("casework.field.send")))
		o.stands("#refused-why", o.T("casework.field.error.hands"))
	})
	for _, f := range o.accessible() {
		t.Errorf("when refused: %s", f)
	}
	o.click(pass("press", o.T("casework.field.export")))
	if got := eval[string](o, `new Promise(ok => { const look = () => { const t = document.getElementById("export").value; if (t) ok(t); else setTimeout(look, 50); }; look(); })`); !strings.Contains(got, r.number) || !strings.Contains(got, "모두 켜져 있어요.") {
		t.Errorf("as text: %q", got)
	}
	eval[chromedp.Void](o, `(() => { window.confirm = () => true; })()`)
	o.press(o.T("ui.sign_out"))
	o.open("/desk/field/phone")
	o.stands("#none", o.T("casework.field.none_taken"))
	if n := eval[int](o, `indexedDB.databases().then(l => Promise.all(l.map(d => new Promise(ok => { const r = indexedDB.open(d.name); r.onsuccess = () => { const q = r.result.transaction("box").objectStore("box").count(); q.onsuccess = () => { r.result.close(); ok(q.result); }; }; })))).then(l => l.reduce((a, b) => a + b, 0))`); n != 0 {
		t.Errorf("%d things stay on the device after the sign-out", n)
	}
}

// TestFieldPlain: the same without script, as forms.
func TestFieldPlain(t *testing.T) {
	t.Parallel()
	v := visit(t)
	r := v.apply(petition("newborn"))
	o := official(t, r.body, false, withoutScript)
	o.openCase(r.number)
	o.take()
	o.plans("신호등이 켜지나요")
	o.pressFor(422, o.T("casework.field.save"))
	o.choose("result", "differs")
	o.choose("done", "0")
	o.write("notes", "한쪽만 꺼졌어요.")
	o.write("caption", "전체")
	o.attach("photo", snapshot(t))
	o.press(o.T("casework.field.add_photo"))
	o.reads(o.T("casework.field.was_cleaned"), "전체")
	o.attach("photo", snapshot(t))
	o.press(o.T("casework.field.add_photo"))
	o.press(o.T("casework.field.js.photo_off", "n", 2))
	o.reads(o.T("casework.field.done.photo_removed"))
	o.choose("result", "differs")
	o.choose("done", "0")
	o.write("notes", "한쪽만 꺼졌어요.")
	o.choose("shared", "yes")
	o.press(o.T("casework.field.save"))
	o.reads(o.T("casework.field.done.recorded"))
	o.arrived(r.number, "한쪽만 꺼졌어요.")
	v.open("/applications")
	v.press("일반 민원(국민신문고)")
	v.reads("한쪽만 꺼졌어요.", o.T("casework.field.result.differs"))

	o.openCase(r.number)
	o.plans("다시 보기")
	o.press(o.T("casework.field.drop"))
	o.reads(o.T("casework.field.done.dropped"))
	o.open("/desk/field/phone")
	o.reads(o.T("casework.field.needs_script"))
}
