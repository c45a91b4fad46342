package contract

import "maru/kernel"

// NoticesOn are the service's own sentences that go with the message about an
// act: "submitted", or a decision.
func (s *Service) NoticesOn(act string) []kernel.Text {
	var out []kernel.Text
	for _, n := range s.Notices {
		if n.On == act {
			out = append(out, n.Text)
		}
	}
	return out
}
