"""What conditions mean, for one person at one instant.

Four questions: does it hold (`holds`, and `matches_event` for a `where` on one event), when can
time alone next change that (`next_change`), and what does it depend on (`names`).  The store asks
the first of all people at once, in SQL (`cio_lang.store.condition_sql`); a property test keeps the
two equal.  Nothing here reads a clock.

**Missing.** Null, empty text, an empty list and an absent key are missing.  `is_not`,
`not_one_of`, `does_not_contain`, `does_not_include` and `unknown` hold for a missing value, every
other comparison does not.  The negative four are exactly the opposite of their positive form, so
they hold, too, for a value of another kind.

**Values.** Text compares by `casefold`.  A text never equals a number, yes/no is not a number, and
`contains`, `starts_with` and `ends_with` are about text, `includes` is about lists.  Money compares
with a stored plain number (the workspace's currency; the compiler sees to it) or with a stored
`{"amount": …, "currency": …}`, which must be in the same currency, else the comparison does not
hold.  A plain number compares with stored money by its amount.  Every number is an IEEE double.

**Dates.** A stored date is ISO text (`2026-12-01` is midnight in the person's zone; a time without
an offset is in the person's zone) or a number (seconds since 1970, UTC, to the microsecond) that is
10⁸ or more away from 0, which is 1973: smaller ones are numbers.  Anything else is no date, and all
comparisons of dates exclude it.  `before` a day is before it begins, `after` a day is when it is
over.  `in_next` N is (now, now + N], `in_last` and `less_than_ago` N are (now − N, now],
`more_than_ago` N is up to and with now − N, `more_than_ahead` N is after now + N; a day is 24 h
there.  `ago` and `ahead` are that calendar day in the person's zone.  `during` is a calendar span
as seen from today in that zone; `during_yearly` asks whether the day comes round in the span in
whichever year, 29 February on the 28th where there is none.

**Events.** Events after `now` do not count yet.  `last` N is (now − N, now], `between_ago` is
[now − far, now − near), `since` entering is (entered, now] and empty where nobody entered, calendar
words are [start, end) in the person's zone, a date is that whole day in it.  With a `key` only
those count whose property of that name is the key of the run, letter by letter; outside of a run
with a key there are none.  Every stored event counts: the store drops repeats.

**Totals.** `total`, `average`, `smallest` and `largest` are of the numbers among the values; a
comparison with money takes amounts in its currency (and plain numbers) and leaves out those in
another.  Totals and averages count in millionths, each value rounded to one, so that 0.1 and 0.2
are 0.3; they are exact up to nine billion.  `latest` and `first` are the value of the last and of
the first event, whatever it is; if that event has none, it is missing.  The others are numbers, and
no dates.  Of no event, `total` and `number` are 0 and the rest is missing.

**Sequences.** Any `first` event counts, and `then` in (t, t + within]: not one at the same instant.
`missing` holds from the instant t + within on.

**Held** for N: the value is that now, and the last change was at now − N or before.  Where nothing
is known of a change, it does not hold.

**Consent and reach.** Whoever has the attribute `unsubscribed` true is subscribed to nothing and
can receive nothing.  Without `reach` in the moment, a text in `email` is an address for email, one
in `phone` for sms and whatsapp, and no other channel has one.

**Predictions.** Chances are from 0 to 1, and those of an event are for a length of time.  `likely`
within N is a chance of 0.5 or more for N, or for less: what is likely sooner is likely by then.  A
prediction for longer says nothing of N.  Without a prediction no test of one holds.

**Draws.** A person stands at one place of each draw, worked out from `lot` and the name of the draw
(`cio_lang.draw`); a part of it has its `from` in and its `to` out.  Without a lot: in no draw.

**Inactive** for N: known since at least N (`known_since` <= now − N) and no event in
(now − N, now]; events named `message_…` are ours, not theirs, and are no activity.

**Segments** are looked up in `moment.segments`; one that is not there, or that stands inside itself
(which the checks exclude), is kept by hand and has in it whom `moment.members` says.

**Entry** properties are missing without entry event.

In a `where` on one event (`matches_event`), `now` is the time of that event; in a `did … where`
it is the `now` of the moment.
"""

from cio_lang.conditions.evaluate import holds, matches_event
from cio_lang.conditions.moment import Event, Moment
from cio_lang.conditions.naming import Names, names
from cio_lang.conditions.timing import next_change

__all__ = ["Event", "Moment", "Names", "holds", "matches_event", "names", "next_change"]
