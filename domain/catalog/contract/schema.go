package contract

import _ "embed" // the schema travels with the types it describes

// Schema is the JSON Schema (draft 2020-12) of service.yaml; a test holds it
// and Service together.
//
//go:embed service.schema.json
var Schema []byte
