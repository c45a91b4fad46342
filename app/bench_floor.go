package app

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// syncRate is how many 4 KiB blocks a second one program can append to a file
// in dir and have on the disk, which bounds what any store without sharing of
// commits can acknowledge.
func syncRate(dir string, during time.Duration) (rate float64, err error) {
	f, err := os.Create(filepath.Join(dir, "floor"))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	block := make([]byte, 4096)
	start := time.Now()
	n := 0
	for time.Since(start) < during {
		if _, err := f.Write(block); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		n++
	}
	return float64(n) / time.Since(start).Seconds(), nil
}
