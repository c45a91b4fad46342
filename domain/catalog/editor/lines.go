package editor

import "strings"

// Op is what became of a line.
type Op byte

// The three things that can become of a line.
const (
	Same Op = ' '
	Add  Op = '+'
	Del  Op = '-'
)

// Line is one line of two texts laid beside each other. Old and New are its
// numbers there, 0 where it is not.
type Line struct {
	Op       Op
	Old, New int
	Text     string
}

// Hunk is a run of lines with changes in it and some around them.
type Hunk struct{ Lines []Line }

// around is how many unchanged lines are shown beside a change.
const around = 2

// maxCells bounds the table of the comparison. Texts whose differing middles
// are larger are shown as removed and added whole.
const maxCells = 4 << 20

// Lines lays two texts beside each other with as few changes as there can be:
// a longest common subsequence, after what is equal at both ends was set
// aside.
func Lines(a, b string) []Line {
	x, y := split(a), split(b)
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < len(x)-head && tail < len(y)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	var out []Line
	for i := range head {
		out = append(out, Line{Same, i + 1, i + 1, x[i]})
	}
	out = middle(out, x[head:len(x)-tail], y[head:len(y)-tail], head)
	for i := range tail {
		at, to := len(x)-tail+i, len(y)-tail+i
		out = append(out, Line{Same, at + 1, to + 1, x[at]})
	}
	return out
}

// split cuts a text into its lines; an empty text has none.
func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

func middle(out []Line, x, y []string, from int) []Line {
	n, m := len(x), len(y)
	del := func(i int) { out = append(out, Line{Del, from + i + 1, 0, x[i]}) }
	add := func(j int) { out = append(out, Line{Add, 0, from + j + 1, y[j]}) }
	i, j := 0, 0
	if (n+1)*(m+1) <= maxCells {
		// common[i][j] is the length of what x[i:] and y[j:] have in common.
		common := make([]int32, (n+1)*(m+1))
		at := func(i, j int) int32 { return common[i*(m+1)+j] }
		for i := n - 1; i >= 0; i-- {
			for j := m - 1; j >= 0; j-- {
				if x[i] == y[j] {
					common[i*(m+1)+j] = at(i+1, j+1) + 1
				} else {
					common[i*(m+1)+j] = max(at(i+1, j), at(i, j+1))
				}
			}
		}
		for i < n && j < m {
			switch {
			case x[i] == y[j]:
				out = append(out, Line{Same, from + i + 1, from + j + 1, x[i]})
				i, j = i+1, j+1
			case at(i+1, j) >= at(i, j+1):
				del(i)
				i++
			default:
				add(j)
				j++
			}
		}
	}
	for ; i < n; i++ {
		del(i)
	}
	for ; j < m; j++ {
		add(j)
	}
	return out
}

// Hunks are the changes with near unchanged lines beside them.
func Hunks(lines []Line, near int) []Hunk {
	var out []Hunk
	end := -1 // of the last hunk, the line after it
	for i, l := range lines {
		if l.Op == Same {
			continue
		}
		from, to := max(i-near, 0), min(i+near+1, len(lines))
		if end >= from && len(out) > 0 {
			last := &out[len(out)-1]
			if to > end {
				last.Lines = append(last.Lines, lines[end:to]...)
			}
		} else {
			out = append(out, Hunk{append([]Line(nil), lines[from:to]...)})
		}
		end = max(end, to)
	}
	return out
}
