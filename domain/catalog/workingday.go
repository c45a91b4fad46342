package catalog

import "maru/kernel"

// Working tells whether offices work on a day, as the pack's holidays have it.
func (s *Service) Working(d kernel.Date) bool { return s.Calendar().Working(d) }
