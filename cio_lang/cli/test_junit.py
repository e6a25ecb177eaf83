"""Results of scenarios as JUnit XML, which build servers read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from cio_lang.cli.render import plain
from cio_lang.mistake import UserMistake, place
from cio_lang.source import Source
from cio_lang.workspace import reason
from cio_lang.workspace.problems import UnreadableFile

if TYPE_CHECKING:
    from cio_lang.cli.test import Result

__all__ = ["junit", "write"]

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(path: Path, results: Sequence[Result], sources: Mapping[str, Source]) -> None:
    """Write the results to a file.  Raises `UserMistake` where it cannot be written."""
    try:
        path.write_text(junit(results, sources), encoding="utf-8")
    except OSError as error:
        raise UserMistake(
            UnreadableFile(span=place(path), file=str(path), reason=reason(error))
        ) from None


def junit(results: Sequence[Result], sources: Mapping[str, Source]) -> str:
    """One `testsuite` for each file, one `testcase` for each scenario."""
    root = ElementTree.Element("testsuites", {"name": "cio test", **_counts(results)})
    for file, group in groupby(results, key=lambda result: result.file):
        of_file = list(group)
        suite = ElementTree.SubElement(root, "testsuite", {"name": file, **_counts(of_file)})
        for result in of_file:
            about = {
                "name": _clean(result.title),
                "classname": file,
                "file": file,
                "line": str(result.line),
                "time": f"{result.seconds:.3f}",
            }
            case = ElementTree.SubElement(suite, "testcase", about)
            if result.problems:
                first = result.problems[0]
                failure = {"message": _clean(first.report().what), "type": first.code}
                told = ElementTree.SubElement(case, "failure", failure)
                told.text = _clean(_text(result, sources))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _counts(results: Sequence[Result]) -> dict[str, str]:
    return {
        "tests": str(len(results)),
        "failures": str(sum(bool(result.problems) for result in results)),
        "errors": "0",
        "skipped": "0",
        "time": f"{sum(result.seconds for result in results):.3f}",
    }


def _text(result: Result, sources: Mapping[str, Source]) -> str:
    parts = [plain(problem, sources.get(problem.span.file)) for problem in result.problems]
    for person, timeline in result.timelines:
        parts.append("\n".join([f"what happened to {person}:", *(timeline or ("nothing",))]))
    return "\n\n".join(parts)


def _clean(text: str) -> str:
    """Without characters that XML cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)
