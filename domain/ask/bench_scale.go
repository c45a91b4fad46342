package ask

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/wordvec"
)

// Scale is how the engine does with a large made-up catalogue.
type Scale struct {
	Services   int     `json:"services"`
	Sentences  int     `json:"sentences"`
	BuildS     float64 `json:"build_s"`
	ResidentMB float64 `json:"resident_mb"` // of the process, the catalogue's text with it
	BeforeMB   float64 `json:"before_mb"`   // of it there before the index was made
	// By the clock, and in time of the processor, which other work on the
	// machine does not stretch; 0 where the system does not tell it.
	HalfMS    float64 `json:"half_ms"`
	P95MS     float64 `json:"p95_ms"`
	CPUHalfMS float64 `json:"cpu_half_ms"`
	CPUP95MS  float64 `json:"cpu_p95_ms"`
}

// measureScale multiplies the pack: each made-up service has the sentences of
// a real one, half of their words replaced by some of its own. Queries are
// sentences of the same kind that are not in the index. One core asks.
func measureScale(p Pack, vectors *wordvec.Model, services, sentences int) *Scale {
	out := &Scale{Services: services, Sentences: sentences}
	rng := rand.New(rand.NewPCG(10, 30))
	big := Pack{Hash: "made up"}
	var queries []string
	for i := range services {
		real := p.Services[i%len(p.Services)]
		own := make([]string, 12)
		for k := range own {
			own[k] = madeUp(rng)
		}
		s := &contract.Service{ID: fmt.Sprint(i), Title: kernel.Text{KO: own[0] + " " + own[1], EN: real.Title.EN}, Summary: real.Summary, Terms: own[2:6], Utterances: map[kernel.Lang][]string{}}
		base := append(append([]string(nil), real.Utterances[kernel.KO]...), real.Utterances[kernel.EN]...)
		if len(base) == 0 {
			continue
		}
		for range sentences {
			s.Utterances[kernel.KO] = append(s.Utterances[kernel.KO], vary(base[rng.IntN(len(base))], own, rng))
		}
		if i%max(1, services/500) == 0 {
			queries = append(queries, vary(base[rng.IntN(len(base))], own, rng))
		}
		big.Services = append(big.Services, s)
	}
	old := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(old)
	debug.FreeOSMemory()
	out.BeforeMB = residentMB()
	engine := New(Deps{Catalog: fixed(big), Vectors: vectors})
	began := time.Now()
	engine.index()
	out.BuildS = time.Since(began).Seconds()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var took, worked []time.Duration
	for _, q := range queries {
		began, used := time.Now(), threadTime()
		if _, err := engine.Ask(Query{Text: q}); err == nil {
			took, worked = append(took, time.Since(began)), append(worked, threadTime()-used)
		}
	}
	out.CPUHalfMS, out.CPUP95MS = percentile(worked, 50)/1000, percentile(worked, 95)/1000
	out.HalfMS, out.P95MS = percentile(took, 50)/1000, percentile(took, 95)/1000
	debug.FreeOSMemory()
	out.ResidentMB = residentMB()
	runtime.KeepAlive(engine)
	return out
}

// madeUp is a word of two or three syllables that nobody says.
func madeUp(rng *rand.Rand) string {
	r := make([]rune, 2+rng.IntN(2))
	for i := range r {
		r[i] = rune(0xAC00 + rng.IntN(11172))
	}
	return string(r)
}

// vary replaces half of a sentence's words by the service's own.
func vary(sentence string, own []string, rng *rand.Rand) string {
	words := strings.Fields(sentence)
	for i := range words {
		if rng.IntN(2) == 0 {
			words[i] = own[rng.IntN(len(own))]
		}
	}
	return strings.Join(words, " ")
}

// residentMB is the memory the process holds, 0 where the system does not
// tell.
func residentMB() float64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(b), &size, &resident); err != nil {
		return 0
	}
	return float64(resident) * float64(os.Getpagesize()) / 1e6
}
