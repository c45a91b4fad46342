package alert

import (
	"slices"
	"strings"

	"maru/domain/benefit"
	"maru/kernel"
)

// look is one look at a subscriber: what was, what is, and what becomes of it.
// It touches nothing.
type look struct {
	setting  Setting
	topics   []Topic
	old      *standing // nil at the first look
	known    *benefit.Known
	subjects []subject
	members  []string
	facts    map[string]int64
	applied  map[string]kernel.Time
	pending  *body // the message that waits for its hour, nil for none
	texts    Texts
	today    kernel.Date
	// since is the day from which the rules are in force, where they are others
	// than at the last look; zero where that is not known.
	since kernel.Date

	changed *changed // what of the facts changed, made when asked for
}

// outcome is what a look leads to.
type outcome struct {
	next standing
	news []news
	// withdrawn are news of the waiting message that no longer hold: nobody heard
	// of them, and nobody will.
	withdrawn []news
	// forgotten are subjects of which nothing is kept any more.
	forgotten map[string]bool
	first     *summary // of the first look, or anew while that message waits
}

// judge compares what is with what was.
func (l *look) judge() outcome {
	out := outcome{forgotten: map[string]bool{}, next: standing{Day: l.today, Pack: l.known.Answer.Engine.Hash, Entries: map[string]entry{}, Members: l.members, Facts: l.facts}}
	sum := summary{}
	counted := map[string]bool{}
	for _, s := range l.subjects {
		var was entry
		had := false
		if l.old != nil {
			was, had = l.old.Entries[s.key]
		}
		is, keep := l.step(&out, s, was, had)
		if !keep {
			continue
		}
		out.next.Entries[s.key] = is
		if id := s.result.Programme.ID; is.yes() && !counted[id] && l.worthy(s) && l.setting.Wants(l.topics, id) {
			if is.State == entitled {
				counted[id] = true
				sum.Sure++
			} else if l.setting.Likely {
				counted[id] = true
				sum.Maybe++
			}
		}
	}
	if l.old == nil || l.pending != nil && l.pending.Summary != nil {
		out.first = &sum
	}
	if l.old != nil {
		l.vanished(&out)
	}
	return out
}

// step is what becomes of one subject; keep is false where nothing is known of
// it yet.
func (l *look) step(out *outcome, s subject, was entry, had bool) (is entry, keep bool) {
	state := s.state()
	if state == unknown {
		is = l.unsure(out, s, was)
		if had && l.keptBack(s) {
			out.forgotten[s.key] = true
			had = false
		}
		return is, had
	}
	is = was
	is.State, is.Amount, is.Gone = state, s.verdict.Amount, kernel.Date{}
	switch {
	case l.old == nil:
		if is.yes() {
			// The summary counts it: that is how they hear of it.
			is.Episode, is.Told = dayNumber(l.today), true
		}
	case is.yes() && !was.yes():
		l.regained(out, s, &is)
	case is.yes() && was.State == likely && is.State == entitled && is.Owed:
		l.tell(out, s, &is)
	case !is.yes() && was.yes():
		l.gone(out, s, was, &is)
	}
	return is, true
}

// unsure is a subject of which nothing is known any more, such as where another
// adult took back the consent it rested on. What the person heard stays as they
// heard it; what still waits is taken back, as if it had never been found.
func (l *look) unsure(out *outcome, s subject, was entry) entry {
	was.Gone = kernel.Date{}
	switch {
	case was.yes() && was.Told && (l.pending != nil && l.pending.Summary != nil || l.takeBack(out, s.key, func(n news) bool { return n.Kind != lost })):
		was.State, was.Amount, was.Told = no, nil, false
	case !was.yes() && was.LostTold && l.takeBack(out, s.key, func(n news) bool { return n.Kind == lost }):
		was.State, was.LostTold, was.Lost = entitled, false, kernel.Date{} // to their knowledge they have it
	}
	return was
}

// keptBack tells whether a subject is not known because of sensitive facts that
// the person leaves out of their consent. What was found by these once is not
// kept.
func (l *look) keptBack(s subject) bool {
	return slices.ContainsFunc(s.verdict.Missing, func(ref string) bool {
		return slices.Contains(l.known.Declined, ref[strings.LastIndexByte(ref, '.')+1:])
	})
}

// regained is a subject that was not entitled and is.
func (l *look) regained(out *outcome, s subject, is *entry) {
	if is.Episode != 0 && within(is.Lost, l.today) {
		if is.LostTold && l.takeBack(out, s.key, func(n news) bool { return n.Kind == lost }) {
			is.LostTold = false
		}
	} else {
		is.Episode, is.Told, is.LostTold = dayNumber(l.today), false, false
	}
	if !is.Told {
		l.tell(out, s, is)
	}
}

// tell makes the news of being entitled, unless something speaks against it.
func (l *look) tell(out *outcome, s subject, is *entry) {
	is.Owed = is.State == likely && !l.setting.Likely
	if is.Owed || !l.setting.Wants(l.topics, s.result.Programme.ID) || !l.worthy(s) {
		return
	}
	if l.pending != nil && l.pending.Summary != nil {
		is.Told = true // the summary that waits counts it
		return
	}
	is.Told = true
	out.news = append(out.news, l.newsOf(s, is.State, is.Episode))
}

// gone is a subject that was entitled and is not.
func (l *look) gone(out *outcome, s subject, was entry, is *entry) {
	is.Lost, is.Owed = l.today, false
	if was.Told && l.takeBack(out, s.key, func(n news) bool { return n.Kind != lost }) {
		is.Told = false // they never heard that they had it
		return
	}
	if !l.setting.Lost || was.LostTold || was.State == likely && !l.setting.Likely || !l.setting.Wants(l.topics, s.result.Programme.ID) || l.byReceiving(s) {
		return
	}
	if l.pending != nil && l.pending.Summary != nil {
		return
	}
	is.LostTold = true
	out.news = append(out.news, l.newsOf(s, lost, is.Episode))
}

// takeBack withdraws news of a subject from the waiting message.
func (l *look) takeBack(out *outcome, key string, which func(news) bool) bool {
	if l.pending == nil {
		return false
	}
	i := slices.IndexFunc(l.pending.News, func(n news) bool { return n.Subject == key && which(n) })
	if i < 0 {
		return false
	}
	out.withdrawn = append(out.withdrawn, l.pending.News[i])
	return true
}

// worthy tells whether the person does not have it already: the household
// receives it, or an application for it is under way or granted.
func (l *look) worthy(s subject) bool {
	id := s.result.Programme.ID
	if receives(l.known.Answer.Situation, id) {
		return false
	}
	at, ok := l.applied[id]
	if !ok {
		return true
	}
	// What was applied for a year ago may be over; for a child, only what was
	// begun after its birth can be for it.
	since := l.today.AddDays(-365)
	if !s.born.IsZero() && since.Before(s.born) {
		since = s.born
	}
	return at < kernel.TimeOf(since.In(kernel.Seoul))
}

// byReceiving tells whether it is no longer due because it is received: that is
// no loss.
func (l *look) byReceiving(s subject) bool {
	bit := int64(l.known.Answer.Engine.Law().SetBit(s.result.Programme.ID))
	for _, c := range s.result.Changes {
		if change := c[s.member]; change != nil && change.Kind == "not_received" && slices.Contains(change.Want, bit) {
			return true
		}
	}
	return false
}

// vanished keeps what stood for who is no longer there, a minor who moved out or
// came of age, for as long as coming back would be the same episode. What waits
// to be told of them is taken back: it is not this person's to hear any more. That
// it is gone is no news: the registers say where somebody lives, not that they
// lost anything, and it may be due where they are now.
func (l *look) vanished(out *outcome) {
	for key, e := range l.old.Entries {
		if _, here := out.next.Entries[key]; here || out.forgotten[key] {
			continue
		}
		gone := e.Gone
		if gone.IsZero() {
			gone = l.today
		}
		e = l.unsure(out, subject{key: key}, e)
		if e.Gone = gone; within(gone, l.today) {
			out.next.Entries[key] = e
		}
	}
}
