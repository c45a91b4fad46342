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
//   - it is kept for a year;
//   - nothing is sent to an address or number before its owner typed the code
//     that came there; it is sealed, and the words of what was sent are not kept;
//   - what goes out names nobody and opens nothing: that there is news, and where
//     to look;
//   - safety is told at every contact, whatever was chosen, and for a week at
//     those that were removed;
//   - a delivery is enqueued in the transaction that keeps its message and handed
//     over at least once, under one id.
//
// Words of the other ways: a contact is an address or number; a topic is what is
// told there (safety always); a delivery is a message on its way to one contact;
// a channel hands it over.
//
// Events in: all of casework, reminders of life, alerts of benefit, recoveries
// and changed ways to sign in of identity. Events out: none. Tables:
// notice_message, notice_contact, notice_code, notice_delivery.
//
// It must not know what an application says or decide anything about it: where
// to read more is a link. Further channels join behind the interface Channel.
package notice
