"""What can be wrong with the way a line is written or where it stands.

Found while reading; what a line *means* is checked later.  The classes are loaded when the first
mistake is met: making them takes longer than reading a file that has none.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cio_lang.grammar.problems.blocks import (
        BlockInLine,
        LineOutOfPlace,
        NoBody,
        NotInSplit,
        OtherwiseNeverNeeded,
        SaidTwice,
        ShareOutsideSplit,
        StepBetweenShares,
    )
    from cio_lang.grammar.problems.places import (
        DeclarationIndented,
        EnglishOutOfPlace,
        GoesOn,
        HiddenDirection,
        IndentedTooDeep,
        LineTooLong,
        MixedIndentation,
        MoreThanOneLine,
        NestedTooDeep,
        NothingBelow,
        NothingWritten,
        OtherwiseWithoutIf,
        PartBelowSteps,
        StepOutsideJourney,
        UnclosedBlock,
        UnclosedQuote,
        UnevenIndentation,
        UnsupportedCharacter,
    )
    from cio_lang.grammar.problems.sentences import (
        AfterTheEnd,
        EndsTooEarly,
        HalfCondition,
        MissingQuotes,
        MissingWord,
        MixedAndOr,
        MomentAsValue,
        NobodyToSet,
        NotAPerson,
        NotInWhere,
        NotNeeded,
        NotNeedsParentheses,
        OtherWords,
        TotalWithoutEvent,
        UnexpectedWord,
        UnknownLine,
        UnknownStatement,
        UnknownType,
        WrittenInCapitals,
    )
    from cio_lang.grammar.problems.values import (
        BareCount,
        CurrencyInWords,
        DateInOtherOrder,
        DateWithoutYear,
        NoSuchDate,
        NoSuchShare,
        NoSuchTime,
        NotWhole,
        NumberTooLong,
        TooLongATime,
        UnknownCurrency,
        UnknownUnit,
    )

__all__ = [
    "AfterTheEnd",
    "BareCount",
    "BlockInLine",
    "CurrencyInWords",
    "DateInOtherOrder",
    "DateWithoutYear",
    "DeclarationIndented",
    "EndsTooEarly",
    "EnglishOutOfPlace",
    "GoesOn",
    "HalfCondition",
    "HiddenDirection",
    "IndentedTooDeep",
    "LineOutOfPlace",
    "LineTooLong",
    "MissingQuotes",
    "MissingWord",
    "MixedAndOr",
    "MixedIndentation",
    "MomentAsValue",
    "MoreThanOneLine",
    "NestedTooDeep",
    "NoBody",
    "NoSuchDate",
    "NoSuchShare",
    "NoSuchTime",
    "NobodyToSet",
    "NotAPerson",
    "NotInSplit",
    "NotInWhere",
    "NotNeeded",
    "NotNeedsParentheses",
    "NotWhole",
    "NothingBelow",
    "NothingWritten",
    "NumberTooLong",
    "OtherWords",
    "OtherwiseNeverNeeded",
    "OtherwiseWithoutIf",
    "PartBelowSteps",
    "SaidTwice",
    "ShareOutsideSplit",
    "StepBetweenShares",
    "StepOutsideJourney",
    "TooLongATime",
    "TotalWithoutEvent",
    "UnclosedBlock",
    "UnclosedQuote",
    "UnevenIndentation",
    "UnexpectedWord",
    "UnknownCurrency",
    "UnknownLine",
    "UnknownStatement",
    "UnknownType",
    "UnknownUnit",
    "UnsupportedCharacter",
    "WrittenInCapitals",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        for module in ("blocks", "places", "sentences", "values"):
            found = import_module(f"{__name__}.{module}")
            if hasattr(found, name):
                return getattr(found, name)
    raise AttributeError(name)
