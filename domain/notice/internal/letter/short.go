package letter

import (
	"strings"

	"maru/kernel"
	"maru/platform/sms"
)

// Safety is the topic that cannot be turned off.
const Safety = "safety"

// Short is a message for outside: it names neither anybody nor what it is
// about, for others may read it.
type Short struct {
	Subject string // "" for text messages
	Text    string
}

// Outside puts into words what goes to addresses and numbers.
type Outside struct {
	Texts Texts
	// Site is where people reach this installation: scheme and host.
	Site string
}

// Write says what words stand for (a topic, recovery, means, contact, removed or
// code). until is set for what was removed. A message never holds a link that
// opens something: it names the place, and people go there as they always do.
func (o Outside) Write(mail bool, words, topic, code string, until kernel.Time, l kernel.Lang) Short {
	_, host, _ := strings.Cut(o.Site, "://")
	base := o.Site
	if l != kernel.Langs[0] {
		base += "/" + string(l)
	}
	args := []any{"code", code, "url", base, "day", until.DateIn(kernel.Seoul)}
	if !mail {
		text := o.Texts.T(l, "notice.out.text."+words, args...)
		if whole := text + " " + host; code == "" && sms.Fits(whole) {
			text = whole
		}
		return Short{Text: text}
	}
	paragraphs := []string{o.Texts.T(l, "notice.out.mail."+words, args...)}
	switch {
	case code != "":
	case topic == Safety:
		paragraphs = append(paragraphs, o.Texts.T(l, "notice.out.where_safety", args...))
	default:
		paragraphs = append(paragraphs, o.Texts.T(l, "notice.out.where", args...))
	}
	why := "notice.out.why." + topic
	switch {
	case code != "":
		why = "notice.out.why.code"
	case !until.IsZero():
		why = "notice.out.why.left"
	case topic != Safety:
		why = "notice.out.why.topic"
	}
	paragraphs = append(paragraphs, o.Texts.T(l, why, args...))
	return Short{Subject: o.Texts.T(l, "notice.out.subject."+words, args...), Text: strings.Join(paragraphs, "\n\n") + "\n"}
}
