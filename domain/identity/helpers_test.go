package identity

import "errors"

// asSecond tells whether a second factor is asked for.
func asSecond(err error, to **SecondFactorError) bool { return errors.As(err, to) }
