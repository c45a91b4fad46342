// Package blob keeps uploaded files in the store, sealed.
//
// A file is cut into chunks of 256 KiB, each sealed for its own place, so that
// chunks can be neither swapped nor dropped unnoticed; the name, which often
// tells who and what, is sealed too. What a file is, is decided by its content,
// never by its name. Files leave as attachments that no browser runs.
//
// Put is not part of the caller's transaction: it reads from the network. A
// file whose upload broke off, and one that no domain refers to, is an orphan
// and is removed after a day (Orphans, UsedBy).
//
// Tables: blob_file, blob_chunk.
package blob
