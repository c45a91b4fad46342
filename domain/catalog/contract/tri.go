package contract

// Tri is yes, no or unknown. The zero Tri is Unknown: unknown is not no.
type Tri int8

// The three values.
const (
	No      Tri = -1
	Unknown Tri = 0
	Yes     Tri = 1
)

// String is "yes", "no" or "unknown".
func (t Tri) String() string {
	switch t {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}

// Not turns yes into no and back; unknown stays.
func (t Tri) Not() Tri { return -t }

// And is no where one is no, else unknown where one is unknown.
func (t Tri) And(u Tri) Tri { return min(t, u) }

// Or is yes where one is yes, else unknown where one is unknown.
func (t Tri) Or(u Tri) Tri { return max(t, u) }

func tri(b bool) Tri {
	if b {
		return Yes
	}
	return No
}
