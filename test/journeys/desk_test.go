package journeys

// openCase opens a case from the desk's list.
func (o *visitor) openCase(number string) {
	o.t.Helper()
	if o.page.Name != "casework.desk" || !o.has(number) {
		o.open("/desk?view=all")
	}
	o.press(number)
	o.reads(number, o.T("casework.desk.logged"))
}

// take takes the case that stands there.
func (o *visitor) take() {
	o.t.Helper()
	o.press(o.T("casework.desk.assign"))
	o.reads(o.T("casework.desk.done.assign"))
}

// decide decides the case that stands there.
func (o *visitor) decide(decision, reason string) {
	o.t.Helper()
	o.choose("decision", decision)
	o.write("reason", reason)
	o.press(o.T("casework.desk.decide_do"))
	o.reads(o.T("casework.desk.done.decision"))
}

// askBack asks the applicant something.
func (o *visitor) askBack(message string) {
	o.t.Helper()
	o.unfold(o.T("casework.desk.ask_back"))
	o.write("message", message)
	o.press(o.T("casework.desk.ask_back_do"))
	o.reads(o.T("casework.desk.done.correction"))
}
