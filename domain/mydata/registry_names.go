package mydata

import "strings"

// RegistryKey is the message that names a source of the fact dictionary, for
// showing where a prefilled answer comes from: "resident register" has
// "mydata.registry.resident_register".
func RegistryKey(registry string) string {
	return "mydata.registry." + strings.NewReplacer(" ", "_", ",", "").Replace(registry)
}
