package simulate

// Small cells are hidden, so that nobody can be recognised by standing in one,
// and enough others with them that a hidden number cannot be worked out from
// those that are shown. What is done, and why it is enough:
//
//   - A small count is one from 1 to the threshold less 1. Nought is shown: it
//     tells of nobody.
//   - Within a dimension (regions, say) a group's counts are shown or hidden
//     together: they are hidden when those who gain, those who lose or those of whom
//     nothing is known are few.
//   - Its cost is hidden also where those who gain are few of one kind (newly
//     entitled, or getting more) among many of the other, and so for those who lose:
//     with one amount for each kind the cost would tell them apart.
//   - What is hidden in the table of any programme that counts for all together is
//     hidden in the table of all together: who gains over all may be who gains by one
//     programme, and the costs of all are the sum of the programmes'. Programmes that
//     concern so few that they would hide most of that table do not count for all
//     together at all (minor); those in kind never do.
//   - Further groups are hidden, the nearest in order, until at least two are, and
//     until in each column of each table the hidden groups together come to nought
//     or to the threshold at least. A reader who takes the shown groups off the
//     total learns these sums alone, so a hidden number can be anything up to a sum
//     that is not small. Groups of noughts are passed over: they tell of nobody and
//     hide nobody. Apart from that the order does not look at the numbers, so which
//     group hides with another says nothing of how many are in it.
//   - No table's groups lie within those of another: regions and districts are not
//     in one result.
//   - Groups' own sizes, the entitled and those with unchanged amounts are shown in
//     total only, so that there is no sum along a row.
//   - A total that is small is hidden, and with the newly entitled those who get
//     more, with those who lose all those who get less: the groups tell the sum of the
//     two. All goes too from which it could be worked out: entitled before and after,
//     with an unchanged amount, and every cost of the programme, and of all together
//     where it counts for that.
//
// Over real people a benefit is shown at one level, whatever the overlay: by region
// or by district, and at one threshold (see level.go).
//
// It does not help against somebody who runs two overlays that differ by a hair and
// takes one result off the other at the same level, or who rewrites one benefit
// into another's conditions. Over real people each run is therefore recorded.

// coarse are the counts that a group shows, fine those that its cost is of.
func coarse(c *Count) []int64 { return []int64{c.New + c.More, c.Lost + c.Less, c.Unknown} }
func fine(c *Count) []int64 {
	return []int64{c.New + c.More, c.Lost + c.Less, c.Unknown, c.New, c.More, c.Lost, c.Less}
}

func small(n, least int64) bool { return n > 0 && n < least }

// hide says which groups of a dimension are hidden: tables are its tables, all of
// the same groups, least the threshold.
// also are groups that are hidden for another reason, nil for none.
// cells are the counts of a group that must not be small.
func hide(tables [][]Count, also []bool, least int64, cells func(*Count) []int64) []bool {
	if len(tables) == 0 {
		return nil
	}
	n := len(tables[0])
	hidden, empty := make([]bool, n), make([]bool, n)
	first, count := -1, 0
	for g := range n {
		empty[g], hidden[g] = true, also != nil && also[g]
		for _, t := range tables {
			for _, v := range cells(&t[g]) {
				empty[g] = empty[g] && v == 0
				hidden[g] = hidden[g] || small(v, least)
			}
		}
		if hidden[g] {
			count++
			if first < 0 {
				first = g
			}
		}
	}
	if count == 0 {
		return hidden
	}
	for away := 1; away < n; away++ {
		for _, g := range []int{first - away, first + away} {
			if count >= 2 && !thin(tables, hidden, least, cells) {
				return hidden
			}
			if g >= 0 && g < n && !hidden[g] && !empty[g] {
				hidden[g] = true
				count++
			}
		}
	}
	return hidden
}

// thin tells whether the hidden groups of a column together come to a small
// count although its total is shown.
func thin(tables [][]Count, hidden []bool, least int64, cells func(*Count) []int64) bool {
	for _, t := range tables {
		var sum, total [7]int64
		for g := range t {
			for i, v := range cells(&t[g]) {
				total[i] += v
				if hidden[g] {
					sum[i] += v
				}
			}
		}
		for i, s := range sum {
			if small(s, least) && !small(total[i], least) {
				return true
			}
		}
	}
	return false
}

// closed tells whether a total has a small count.
func closed(c *Count, least int64) bool {
	for _, v := range append(fine(c), c.Same, c.Before, c.After) {
		if small(v, least) {
			return true
		}
	}
	return false
}
