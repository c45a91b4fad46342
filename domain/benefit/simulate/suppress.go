package simulate

// Small cells are hidden, so that nobody can be recognised by standing in one,
// and enough others with them that a hidden number cannot be worked out from
// those that are shown. What is done, and why it is enough:
//
//   - A small count is one from 1 to the threshold less 1. Nought is shown: it
//     tells of nobody.
//   - Within a dimension (regions, say) groups are shown or hidden whole, and the
//     same groups in the tables of all programmes and of all together. A group is
//     hidden when any of its counts (new, lost, more, less, unknown) in any of
//     these tables is small.
//   - Further groups are hidden, the nearest in order, until at least two are, and
//     until in each column of each table the hidden groups together come to nought
//     or to the threshold at least. A reader who takes the shown groups off the
//     total learns these sums alone, so a hidden number can be anything up to a sum
//     that is not small. Groups of noughts are passed over: they tell of nobody and
//     hide nobody. Apart from that the order does not look at the numbers, so which
//     group hides with another says nothing of how many are in it.
//   - Groups' own sizes, the entitled and those with unchanged amounts are shown in
//     total only, so that there is no sum along a row.
//   - A total that is small is hidden. Then all of that programme from which it could
//     be worked out goes too: entitled before and after, with an unchanged amount, and
//     its costs; its other counts are rounded to the threshold. Of all programmes
//     together counts are rounded as well, for whoever gains over all may be who
//     gains by one programme, and costs and means are hidden, for the other
//     programmes' costs could be taken off. Two rounded numbers leave a small count
//     entirely open.
//   - Costs stand and fall with the counts they are of: where all get one amount,
//     the cost is the count.
//
// It does not help against somebody who runs two overlays that differ by a hair and
// takes one result off the other. Over real people each run is therefore recorded.

// cells are the counts that a breakdown shows.
func (c *Count) cells() [5]int64 { return [5]int64{c.New, c.Lost, c.More, c.Less, c.Unknown} }

func small(n, least int64) bool { return n > 0 && n < least }

// hide says which groups of a dimension are hidden: tables are its tables, all of
// the same groups, least the threshold.
func hide(tables [][]Count, least int64) []bool {
	if len(tables) == 0 {
		return nil
	}
	n := len(tables[0])
	hidden, empty := make([]bool, n), make([]bool, n)
	first, count := -1, 0
	for g := range n {
		empty[g] = true
		for _, t := range tables {
			for _, v := range t[g].cells() {
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
			if count >= 2 && !thin(tables, hidden, least) {
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
func thin(tables [][]Count, hidden []bool, least int64) bool {
	for _, t := range tables {
		var sum, total [5]int64
		for g := range t {
			for i, v := range t[g].cells() {
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
	cells := c.cells()
	for _, v := range append(cells[:], c.Same, c.Before, c.After) {
		if small(v, least) {
			return true
		}
	}
	return false
}

// rounded is a count to the nearest multiple of the threshold.
func rounded(n, least int64) int64 { return (n + least/2) / least * least }
