"""A condition over all people at once: condition in, SQL out.

The SQL means, for each person, what `cio_lang.conditions.holds` says: on SQLite, PostgreSQL, DuckDB
and ClickHouse alike, which a property test holds to.  It reads tables that have the columns of
`cio_lang.store.tables`; what databases would see differently (letters, dates, time zones) was
worked out when the rows were written.  It is common SQL but for the reading of JSON (`engines`),
has no parameters, and calls no function of ours.

`people_sql` selects the ids of those who match.  `expression` is the same for the rows of a query
over `people`, so that many conditions are asked in one statement; `among` narrows it to people of
whom it will be asked.
"""

from __future__ import annotations

from cio_lang.store.condition_sql.asking import Question, expression
from cio_lang.store.condition_sql.engines import Dialect
from cio_lang.store.condition_sql.finding import people_sql

__all__ = ["Dialect", "Question", "expression", "people_sql"]
