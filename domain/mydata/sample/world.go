package sample

import (
	"fmt"

	"maru/kernel"
)

// Size is the number of residents in the world.
const Size = 5000

// DefaultSeed makes the world of the try-out.
const DefaultSeed = 20260101

// nobody stands where a person is linked to no one in the world.
const nobody = -1

// unknown stands for an amount or count that no register holds.
const unknown = -1

// World is everybody and their homes on one day. It is read-only once made.
type World struct {
	Day    kernel.Date
	seed   uint64
	people []person
	homes  []home
	byID   map[string]int
	staged []staged
}

// person is a resident. Links are indexes into World.people.
type person struct {
	id            string
	sex           byte // 'm' or 'f'
	birth         kernel.Date
	home          int
	relation      string
	marital       string
	spouse        int
	father        int
	mother        int
	guardian      int
	children      []int
	nationality   string
	surname       int
	name          string
	nameLatin     string
	since         kernel.Date
	work          work
	health        health
	school        school
	papers        papers
	pensionPublic bool
}

// home is a household.
type home struct {
	province kernel.Region
	region   int // index into regions
	members  []int
	address  string
	before   string // previous address, "" where unknown
	since    kernel.Date
	means    means
}

// Generate makes the world of a seed as it is on day.
func Generate(seed uint64, day kernel.Date) *World {
	w := &World{Day: day, seed: seed, byID: make(map[string]int, Size)}
	w.settle()
	w.linkParents()
	w.stage()
	w.nameEverybody()
	w.furnish()
	w.live()
	w.stageFacts()
	return w
}

// personID is the stable name of the n-th person, counted from 0.
func personID(n int) string { return fmt.Sprintf("p-%05d", n+1) }

func (w *World) age(i int) int { return w.people[i].birth.AgeOn(w.Day) }

// Has tells whether the world holds the person.
func (w *World) Has(id string) bool {
	_, ok := w.byID[id]
	return ok
}

// IDs lists everybody in order.
func (w *World) IDs() []string {
	out := make([]string, len(w.people))
	for i := range w.people {
		out[i] = w.people[i].id
	}
	return out
}
