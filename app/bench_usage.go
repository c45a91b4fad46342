package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// usage is what a process has used. Where the system has no /proc all is 0.
type usage struct {
	cpu       time.Duration
	rss, peak int64 // bytes resident, now and at most
}

// since is the use after before; the memory is the later one.
func (u usage) since(before usage) usage {
	u.cpu -= before.cpu
	return u
}

// line tells the processor time, whole and for one life of a case.
func (u usage) line(r *loadResult) string {
	return fmt.Sprintf("%.2f CPUs (%.2f ms a lifecycle)", u.cpu.Seconds()/r.took.Seconds(), ms(u.cpu)/float64(max(r.whole(), 1)))
}

// tick is the unit of processor times in /proc: Linux tells user space 100 a
// second on every architecture.
const tick = time.Second / 100

// usageOf reads the use of a process and of its ended children.
func usageOf(pid int) usage {
	var u usage
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return u
	}
	// The second field is the name in parentheses and may hold anything.
	_, rest, ok := strings.Cut(string(stat), ") ")
	f := strings.Fields(rest)
	if !ok || len(f) < 15 {
		return u
	}
	for _, s := range f[11:15] { // utime stime cutime cstime
		n, _ := strconv.ParseInt(s, 10, 64)
		u.cpu += time.Duration(n) * tick
	}
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(status)) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		n, _ := strconv.ParseInt(f[1], 10, 64)
		switch f[0] {
		case "VmRSS:":
			u.rss = n << 10
		case "VmHWM:":
			u.peak = n << 10
		}
	}
	return u
}

func selfCPU() time.Duration { return usageOf(os.Getpid()).cpu }

// usageOfTree is the use of a process and its living children; the processes
// share memory, so that only the time is summed.
func usageOfTree(pid int) usage {
	u := usageOf(pid)
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		f := strings.Fields(rest)
		child, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if len(f) > 1 && f[1] == strconv.Itoa(pid) {
			u.cpu += usageOf(child).cpu
		}
	}
	return u
}
