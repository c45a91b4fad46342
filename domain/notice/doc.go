// Package notice owns the inbox: it tells people in time what happened to what
// they asked for, and what they can do next.
//
// Words: a message is one event told to one reader; it is unread until it is
// opened; a letter is the message in words.
//
// Invariants:
//   - one message an event, however often the event arrives;
//   - a message holds ids and codes, never what somebody wrote; its words are
//     made when it is read, in the language of that moment;
//   - it is addressed to an account, or to a person in a registry where
//     somebody is asked whose account nobody knows (a co-signer); only that
//     account, or an account proven to be that person, sees it; whoever acts
//     for them under a mandate sees those about a service that it covers;
//   - it is kept for a year.
//
// Events in: all of casework, reminders of life, alerts of benefit, recoveries of identity,
// what mandates and apps did for people. Events out: none. Tables: notice_message.
//
// It must not know what an application says or decide anything about it: where
// to read more is a link. Other ways to reach people (mail, text message,
// telephone) join here, each behind the person's own choice.
package notice
