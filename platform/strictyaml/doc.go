// Package strictyaml reads YAML files that people edit: it takes no anchors,
// aliases, merge keys, duplicate or unknown keys, checks a file against a JSON
// Schema where there is one, and names the line of each problem. It knows
// nothing of what the files mean.
package strictyaml
