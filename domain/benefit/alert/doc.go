// Package alert tells people in time that a life event, a birthday or a law made
// them newly entitled to something, or that they lost it: at most once, and only
// to who asked for it.
//
// Words: a subscriber is a person who turned alerts on, with a setting (topics,
// quiet hours, what to hear of); a topic is a life event of the pack with its
// programmes; the standing is what was last decided for a subscriber, against
// which the next look judges what is new; a look decides the household today; an
// episode is one stretch of being entitled, and its day is when it began; news
// is one change worth telling; a message is all news of a day together; a pass
// looks after every subscriber once, for a day or for a pack of rules.
//
// Invariants:
//   - nobody is looked after who did not turn alerts on, and nothing is read
//     without their consent (mydata); turning off deletes setting, standing and
//     what was not sent yet at once;
//   - the first look tells nothing but how much it found;
//   - unknown is never news, and does not undo what was known;
//   - what a look writes is one transaction: standing, told keys, message and the
//     job that sends it; a look that another overtook begins again;
//   - the same person is told of the same programme and episode once, however
//     often anything runs: the key of what was told is unique;
//   - entitled, lost and entitled again within 90 days is one episode;
//   - one message a day, never in quiet hours;
//   - a look at an earlier day than the last one changes nothing;
//   - a cause is told only where deciding again without it gives the old result,
//     or where nothing else changed;
//   - what rested on sensitive facts that the person leaves out of their consent
//     since is not kept;
//   - programmes imported from the public catalogue are never told: they are likely
//     at best, and each import changes hundreds (docs/operations.md);
//   - standing, settings and messages are sealed; of facts only keyed
//     fingerprints are kept, to see which of them changed.
//
// Events in: casework's decisions, mydata's changes. Events out: benefit's
// contract. Tables: benefit_alert_person, benefit_alert_standing,
// benefit_alert_told, benefit_alert_message, benefit_alert_pass.
//
// It must not read registers by itself, decide by rules of its own, or say
// anything in an event or a job but ids.
package alert
