package calendar

import "maru/kernel"

// Further is the last instant to which a limit that ends at due may be
// extended: the same limit once more, counted from the next working day (민원
// 처리에 관한 법률 시행령 제21조제1항: within the length of the limit itself). A
// due that was never set stays so.
func (c *Calendar) Further(due kernel.Time, l Limit) kernel.Time {
	if due == 0 {
		return 0
	}
	if l.Rule == Civil {
		return c.Due(due, l) // the day on which it ends does not count
	}
	next := c.NextWorking(due.DateIn(c.loc).AddDays(1))
	return c.Due(kernel.TimeOf(next.In(c.loc).Add(workingHours[0].from)), l)
}

// Close is the end of working hours of d.
func (c *Calendar) Close(d kernel.Date) kernel.Time { return c.close(d) }
