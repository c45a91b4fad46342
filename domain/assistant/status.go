package assistant

// Status leads to the page where a person sees their own applications, or tells
// how they stand where the person lets the program know.
type Status struct {
	Lang         string           `json:"lang"`
	SignIn       bool             `json:"sign_in_needed" jsonschema:"true: how an application stands is told to the person only, on our page"`
	URL          string           `json:"url,omitempty" jsonschema:"page for the person to open, sign in and look"`
	Message      string           `json:"message"`
	Applications []OwnApplication `json:"applications,omitempty" jsonschema:"the person's, with mine, the newest first, twenty at most"`
}

// GetStatus tells where a person sees how their applications stand. It is the
// same answer for everybody: an assistant does not learn whether there are any.
func (s *Service) GetStatus(lang string) (Status, string) {
	l := ParseLang(lang)
	out := Status{Lang: string(l), SignIn: true, URL: s.link(l, "/applications"), Message: s.t(l, "assistant.status")}
	text := out.Message
	if out.URL != "" {
		text += "\n" + out.URL
	}
	return out, text
}
