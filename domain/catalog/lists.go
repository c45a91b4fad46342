package catalog

import "maru/kernel"

// Working tells whether offices work on a day, as the pack's holidays have it.
func (s *Service) Working(d kernel.Date) bool { return s.Calendar().Working(d) }

// All lists the ids of the services of the pack in force.
func (s *Service) All() []string { return s.Active().Order }
