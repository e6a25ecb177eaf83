"""What proofs find: promises that do not hold, journeys that ask for more than a policy allows."""

from __future__ import annotations

from cio_lang.problem import Problem, Report
from cio_lang.record import record


@record(kw_only=True)
class GuaranteeBroken(Problem):
    """A promise of a `guarantee` does not hold, or cannot be proved.

    Promises are proved on what journeys can do, whatever people do: every way through a journey is
    taken for possible, waits take as little as they can (a day is 23 hours when clocks go forward),
    and a person may be in every journey at once.  So what is proved holds; a promise that cannot be
    proved names the way on which it would be broken.  What is not sent for want of consent or of an
    address is not looked at.
    """

    code = "guarantee-broken"
    promise: str
    what: str
    why: str
    help: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(f"`{self.promise}` does not hold: {self.what}", self.why, self.help)


@record(kw_only=True)
class BoundOverPolicy(Problem):
    """One journey alone, entered once, asks for more messages than a policy allows.

    Whoever takes that way through it gets its messages late: the policy holds them, and holds
    messages of other journeys behind them.  Policies are for what comes together by chance; a
    journey that is bound to run into one is not what its author had in mind.  People who enter
    again, and several journeys together, are left to the policy: `cio lint --bounds` lists them.
    """

    code = "bound-over-policy"
    journey: str
    cap: str
    most: str
    window: str
    path: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.journey}` can send one person {self.most} in {self.window}; "
            f"the policy says `{self.cap}`.",
            f"The policy would have to hold messages of this way: {self.path}.",
            "put longer waits between the messages, or leave some of them out",
        )


@record(kw_only=True)
class PolicyHolds(Problem):
    """Somebody who enters a journey again and again would be sent more than a policy allows.

    Then the policy holds messages until it allows them.  This is told only where bounds are asked
    for (`cio lint --bounds`), because it takes people who keep coming back.
    """

    code = "policy-holds-messages"
    severity = "warning"
    journey: str
    cap: str
    most: str
    window: str
    path: str

    def report(self) -> Report:
        """What, why, one way out."""
        return Report(
            f"`{self.journey}` can send one person {self.most} in {self.window}; "
            f"the policy says `{self.cap}`.",
            f"People can come to it again and again: {self.path}.",
            "say how soon people may enter again, as in `again after 1 day`, or leave it to the "
            "policy",
        )
