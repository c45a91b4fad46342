//go:build !linux

package ask

import "time"

// threadTime is not known here.
func threadTime() time.Duration { return 0 }
