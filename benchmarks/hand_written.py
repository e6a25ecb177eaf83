"""Ten conditions, and the queries that somebody who knows the data would write for them.

They take for granted what is so in this data: texts are small letters, amounts are plain numbers,
everybody lives in UTC.  `condition_sql` may not.
"""

from __future__ import annotations

from benchmarks.store_data import END
from cio_lang.store.condition_sql import Dialect

DAY = 86_400_000_000
NOVEMBER = END - 30 * DAY

OTHERS = ("did logged_in in the last 30 days", "did plan_upgraded in the last 180 days")
"""What `Segment 1` and `Segment 2` are."""

CONDITIONS = (
    'plan is "pro"',
    "did order_placed at least 3 times in the last 90 days",
    "did not do logged_in in the last 30 days",
    "did order_placed at least 2 times in the last 90 days and"
    " total amount of order_placed in the last 90 days is more than 200",
    "did cart_updated then order_placed within 7 days",
    '(plan is "pro" or country is "de") and'
    " (did order_placed in the last 60 days or did not do page_viewed in the last 14 days)",
    "did order_placed where amount is more than 100 in the last 90 days",
    "did order_placed at least 2 times last month",
    "inactive for 30 days",
    'in segment "Segment 1" and not in segment "Segment 2"',
)


def forms(line: str, dialect: Dialect) -> list[str]:
    """The queries by hand for one of the conditions: two to four for each."""
    return [" ".join(query.split()) for query in _forms(CONDITIONS.index(line), dialect)]


def _text(column: str, name: str, dialect: Dialect) -> str:
    if dialect == "postgres":
        return f"{column} ->> '{name}'"
    read = "json_extract_string" if dialect == "duckdb" else "json_extract"
    return f"{read}({column}, '$.{name}')"


def _number(column: str, name: str, dialect: Dialect) -> str:
    read = _text(column, name, dialect)
    return read if dialect == "sqlite" else f"CAST({read} AS DOUBLE PRECISION)"


def _recent(name: str, days: int, of: str = "") -> str:
    """The start of a query for whoever did something in the last days."""
    return (
        f"SELECT {of or 'person'} FROM events WHERE name = '{name}'"
        f' AND "at" > {END - days * DAY} AND "at" <= {END}'
    )


def _theirs(name: str, days: int) -> str:
    """An EXISTS about one person."""
    return (
        f"EXISTS (SELECT 1 FROM events AS e WHERE e.person = p.id AND e.name = '{name}'"
        f' AND e."at" > {END - days * DAY} AND e."at" <= {END})'
    )


def _forms(number: int, dialect: Dialect) -> list[str]:
    everyone = "SELECT p.id FROM people AS p WHERE"
    plan, country = (_text("p.attributes", name, dialect) for name in ("plan", "country"))
    amount = _number("properties", "amount", dialect)
    orders, logins = _recent("order_placed", 90), _recent("logged_in", 30)
    match number:
        case 0:
            return [f"{everyone} {plan} = 'pro'", f"{everyone} {plan} IN ('pro')"]
        case 1:
            often = f"{orders} GROUP BY person HAVING count(*) >= 3"
            return [often, f"{everyone} p.id IN ({often})"]
        case 2:
            return [
                f"{everyone} p.id NOT IN ({logins})",
                f"{everyone} NOT {_theirs('logged_in', 30)}",
                f"SELECT id FROM people EXCEPT {logins}",
            ]
        case 3:
            both = f"{orders} GROUP BY person HAVING count(*) >= 2 AND sum({amount}) > 200"
            return [both, f"{everyone} p.id IN ({both})"]
        case 4:
            return _sequence(everyone)
        case 5:
            who = f"({plan} = 'pro' OR {country} = 'de')"
            ordered, viewed = _recent("order_placed", 60), _recent("page_viewed", 14)
            here, there = _theirs("order_placed", 60), _theirs("page_viewed", 14)
            return [
                f"{everyone} {who} AND (p.id IN ({ordered}) OR p.id NOT IN ({viewed}))",
                f"{everyone} {who} AND ({here} OR NOT {there})",
                f"{everyone} {who} AND ({here} OR p.id NOT IN ({viewed}))",
            ]
        case 6:
            large = f"{orders} AND {amount} > 100"
            distinct = large.replace("SELECT", "SELECT DISTINCT", 1)
            found = [distinct, f"{everyone} p.id IN ({large})", f"{large} GROUP BY person"]
            if dialect == "postgres":
                found.append(distinct.replace(f"{amount} > 100", "properties -> 'amount' > '100'"))
            return found
        case 7:
            twice = (
                "SELECT person FROM events WHERE name = 'order_placed'"
                f' AND "at" >= {NOVEMBER} AND "at" < {END} GROUP BY person HAVING count(*) >= 2'
            )
            return [twice, f"{everyone} p.id IN ({twice})"]
        case 8:
            return _inactive(everyone)
        case _:
            upgraded = _recent("plan_upgraded", 180)
            distinct = logins.replace("SELECT", "SELECT DISTINCT", 1)
            return [
                f"{everyone} p.id IN ({logins}) AND p.id NOT IN ({upgraded})",
                f"{distinct} AND person NOT IN ({upgraded})",
                f"{logins} EXCEPT {upgraded}",
            ]


def _sequence(everyone: str) -> list[str]:
    soon = (
        "SELECT 1 FROM events AS b WHERE b.person = a.person AND b.name = 'order_placed'"
        f' AND b."at" > a."at" AND b."at" <= a."at" + {7 * DAY} AND b."at" <= {END}'
    )
    first = f"""FROM events AS a WHERE a.name = 'cart_updated' AND a."at" <= {END}"""
    lagged = f"""
        SELECT DISTINCT person FROM (
            SELECT person, name, "at", max(CASE WHEN name = 'cart_updated' THEN "at" END) OVER
                (PARTITION BY person ORDER BY "at"
                 RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
            FROM events WHERE name IN ('cart_updated', 'order_placed') AND "at" <= {END}) AS s
        WHERE name = 'order_placed' AND "at" - before <= {7 * DAY}"""
    return [
        f"SELECT DISTINCT a.person {first} AND EXISTS ({soon})",
        f"{everyone} EXISTS (SELECT 1 {first} AND a.person = p.id AND EXISTS ({soon}))",
        lagged,
    ]


def _inactive(everyone: str) -> list[str]:
    since, known = END - 30 * DAY, f"{everyone} p.created_at <= {END - 30 * DAY}"
    names = (
        "name IN ('page_viewed', 'logged_in', 'cart_updated', 'order_placed', 'feature_used',"
        " 'plan_upgraded', 'ticket_opened')"
    )
    when = f'"at" > {since} AND "at" <= {END}'
    return [
        f"{known} AND p.id NOT IN (SELECT person FROM events WHERE {names} AND {when})",
        f"{known} AND NOT EXISTS (SELECT 1 FROM events WHERE person = p.id AND {names} AND {when})",
        f"{known} AND p.id NOT IN (SELECT person FROM events"
        f" WHERE name NOT BETWEEN 'message_' AND 'message_~' AND {when})",
        f"SELECT id FROM people WHERE created_at <= {since}"
        f" EXCEPT SELECT person FROM events WHERE {names} AND {when}",
    ]
