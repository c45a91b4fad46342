package population

import (
	"slices"

	"maru/domain/benefit/rule"
)

// Birthdays are the rows, in order, of those who become a year older on a day
// (days since 1970-01-01), whatever their age: in a common year those born on 29
// February are among those of 1 March (Civil Act arts. 158, 160). Whoever has no
// known date of birth is not among them.
func (v *View) Birthdays(day int64) []uint32 {
	if v.base.birth < 0 || v.base.person[v.base.birth] < 0 {
		return nil
	}
	y, m, d := rule.Civil(day)
	var out []uint32
	leap := y%4 == 0 && (y%100 != 0 || y%400 == 0)
	if m == 3 && d == 1 && !leap {
		out = v.born(out, monthDayOf(2, 29), day)
	}
	out = v.born(out, monthDayOf(m, d), day)
	slices.Sort(out)
	return out
}

// Turning are those of Birthdays who become so many years old.
func (v *View) Turning(day int64, age int) []uint32 {
	return slices.DeleteFunc(v.Birthdays(day), func(row uint32) bool {
		var born [1]int64
		var known [1]uint64
		v.LoadPerson(v.base.birth, int(row), int(row)+1, born[:], known[:])
		return rule.Years(born[0], day) != int64(age)
	})
}

// born appends the rows of those born on a month-day before a day.
func (v *View) born(out []uint32, md int, before int64) []uint32 {
	slot := v.base.birth
	field, stride := v.base.person[slot], len(v.base.person)
	for b, p := range v.patches {
		if p == nil {
			if b < len(v.base.blocks) {
				k := v.base.blocks[b]
				out = k.born(out, field, md, before, 0, k.rows, int(v.rowAt[b]))
			}
			continue
		}
		for i := range p.segments {
			g := &p.segments[i]
			if g.stored == nil {
				k := v.base.blocks[b]
				out = k.born(out, field, md, before, int(g.fileRow), k.start(int(g.fileTo)), int(v.rowAt[b]+g.row)-int(g.fileRow))
				continue
			}
			for m := range g.stored.ids {
				born := g.stored.person[m*stride+slot]
				if g.stored.personKnown[m]>>slot&1 == 1 && born < before && monthDay(born) == md {
					out = append(out, v.rowAt[b]+g.row+uint32(m))
				}
			}
		}
	}
	return out
}

// born appends rows from to to of the block's list of a month-day, moved by
// shift.
func (b *block) born(out []uint32, field, md int, before int64, from, to, shift int) []uint32 {
	if b.days == nil {
		return out
	}
	list := b.days[2*(birthdays+1+b.days.at(md)) : 2*(birthdays+1+b.days.at(md+1))]
	for i := list.search(from); i < list.len() && list.at(i) < to; i++ {
		if born, known := b.persons[field].row(list.at(i)); known && born < before {
			out = append(out, uint32(list.at(i)+shift))
		}
	}
	return out
}
