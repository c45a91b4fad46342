package app

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// deskReads is how often each page of the desk is opened, one after the other:
// what an official waits for, not what the machine can carry.
const deskReads = 60

// deskTarget is within how long 95 of 100 of them must be there.
const deskTarget = 50 * time.Millisecond

// readDesk opens the official's pages of a desk, each with its list and the
// counts of what is to be done, and prints how long they took.
func (b *caseworkBench) readDesk(ctx context.Context, srv *benchServer) error {
	official, err := browser(srv).as(ctx, "official-acrc")
	if err != nil {
		return err
	}
	lines := sentences()
	word := func(i int) string { return lines[i%len(lines)] }
	for _, page := range []struct {
		name string
		path func(i int) string
	}{
		{"desk by due", func(int) string { return "/desk" }},
		{"desk newest", func(int) string { return "/desk?all=1" }},
		{"desk mine", func(int) string { return "/desk?mine=1" }},
		{"desk decided", func(int) string { return "/desk?status=decided" }},
		{"search 1 word", func(i int) string { return "/desk?q=" + url.QueryEscape(firstWords(word(i), 1)) }},
		{"search 3 words", func(i int) string {
			return "/desk?q=" + url.QueryEscape(firstWords(word(i), 2)+" "+firstWords(word(i+1), 1))
		}},
		{"search unique", func(i int) string { return "/desk?q=" + url.QueryEscape(newPetition(1+i*b.lives/deskReads).word) }},
	} {
		var times []time.Duration
		for i := range deskReads {
			start := time.Now()
			if err := official.get(ctx, page.path(i)); err != nil {
				return err
			}
			times = append(times, time.Since(start))
		}
		slices.Sort(times)
		p95 := quantile(times, 0.95)
		fmt.Fprintf(b.w, "  %-15s %8.1f %8.1f %8.1f%s\n", page.name, ms(quantile(times, 0.50)), ms(p95), ms(quantile(times, 0.99)), over(p95 > deskTarget))
	}
	return nil
}

// firstWords of a sentence, without what separates them.
func firstWords(s string, n int) string {
	f := strings.Fields(s)
	return strings.Join(f[:min(n, len(f))], " ")
}
