package editor

import "maru/kernel"

// Today is the first day on which a change can come into force.
func (s *Service) Today() kernel.Date { return s.today() }
