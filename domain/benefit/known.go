package benefit

// Known is a household as registers tell it by consent, decided today.
type Known struct {
	Answer  *Answer
	Persons map[string]string // register's id of a person by member id
	Self    string            // member id of the person asked about
}
