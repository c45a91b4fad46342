package journeys

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"maru/kernel"
)

// paper is a picture of a paper.
func paper(t *testing.T, name string) file {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, image.NewGray(image.Rect(0, 0, 40, 40))); err != nil {
		t.Fatal(err)
	}
	return file(path)
}

// TestBirth brings a paper along.
func TestBirth(t *testing.T) {
	t.Parallel()
	v := visit(t)
	mother := castOf(t, "newborn").ID
	j := job{
		says:    kernel.Text{KO: "며칠 전에 아기가 태어나서 출생신고를 하고 싶어요"},
		service: "birth-report", title: kernel.Text{KO: "출생신고"}, who: "newborn",
		answers: answers{
			"reporter_relation": "mother", "in_wedlock": "true", "mother": mother, "father": town.trial.Fact(mother, "spouse").Text(),
			"born_on": today().AddDays(-5).String(), "born_time": "03:20", "birth_region": "11110",
			"birth_place": "예시병원, 종로구 예시로 1", "child_name": "김예시", "child_sex": "female", "mothers_name": "false",
			"certificate": paper(t, "certificate.png"),
		},
	}
	v.find(j)
	v.start(j)

	// A wrong file is refused in words, one too many can be taken away.
	tasks := v.page.Path
	v.open(tasks + "/questions/certificate")
	wrong := filepath.Join(t.TempDir(), "letter.txt")
	if err := write(wrong, []byte("no picture")); err != nil {
		t.Fatal(err)
	}
	v.attach("file", wrong)
	v.pressFor(422, v.T("casework.file.add"))
	v.attach("file", string(paper(t, "wrong.png")))
	v.press(v.T("casework.file.add"))
	v.reads(v.T("casework.file.added"))
	v.press(v.T("casework.file.remove"))
	v.reads(v.T("casework.file.removed"))
	v.open(tasks)

	v.fill(j)
	r := v.submit()
	v.press(v.T("casework.done.follow"))
	if status, kind := v.fetches(v.href("certificate.png")); status != 200 || kind == "" {
		t.Errorf("one's own file answers %d %s", status, kind)
	}

	o := official(t, r.body, false)
	o.openCase(r.number)
	if status, _ := o.fetches(o.href("certificate.png")); status != 200 {
		t.Errorf("the official cannot open the certificate: %d", status)
	}
	o.take()
	o.decide("accepted", "출생증명서를 확인했습니다.")
	v.learns(r.number)
	visit(t).checks(v.holds(r, "출생증명서를 확인했습니다."), r)
	v.watched(r)
}
