// Package catalog owns what public services there are: it reads packs (folders
// in which services, facts, life events, agencies, regions and holidays stand
// as data), checks them with findings by file and line, keeps each version of
// a pack unchanged under the hash of its content, and shows services to people
// by page and by API.
//
// Words: a pack is one country's data; a service is one folder of it; a
// version is a pack under its hash; the active version is the one in force on
// a day; a finding is something the check says about a file; a blank is a place
// of a new service that only its author can fill (package scaffold).
//
// Invariants: a stored version never changes; a version comes into force at a
// date by two different people (the first one of an empty store by the program,
// because nobody is there yet); whoever pinned a version finds it again.
//
// Officials change services in the browser in package editor, which keeps its
// drafts here and brings versions into force by the same rule.
//
// Tables: catalog_version, catalog_activation; the editor's catalog_draft,
// catalog_draft_file, catalog_draft_act, catalog_change, catalog_folder. It sends no events. It must not
// decide anything about a person: conditions are tested by who asks.
package catalog
