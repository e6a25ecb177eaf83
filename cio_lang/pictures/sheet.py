"""The look of pages: one HTML file that needs nothing but itself, in light and in dark."""

from __future__ import annotations

from html import escape

__all__ = ["STYLE", "whole"]

STYLE = """
:root { --page: #fbfaf7; --ink: #1d2330; --soft: #667085; --line: #d9d6cd; --card: #ffffff;
  --a: #3b5bdb; --b: #e8710a; --c: #0f9d76; --d: #b0409a; }
@media (prefers-color-scheme: dark) { :root { --page: #14161b; --ink: #e9e7e1; --soft: #9aa2b1;
  --line: #343944; --card: #1c2027; --a: #7c95ff; --b: #ff9f4a; --c: #3fcf9f; --d: #e583d1; } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1000px; padding: 48px 24px 96px; background: var(--page);
  color: var(--ink); font: 16px/1.55 Georgia, "Iowan Old Style", serif }
h1 { font-size: 38px; line-height: 1.15; margin: 0 0 8px; font-weight: 600 }
h2 { font-size: 25px; margin: 56px 0 8px; padding-top: 20px; border-top: 1px solid var(--line) }
h3 { font-size: 17px; margin: 22px 0 6px }
p.lead { font-size: 18px; color: var(--soft); max-width: 44em; margin: 0 0 28px }
table, .figures, svg text, pre, .tag { font-family: system-ui, "Segoe UI", sans-serif }
table { border-collapse: collapse; width: 100%; font-size: 14px; margin: 12px 0 }
th { text-align: left; color: var(--soft); font-weight: 500; border-bottom: 1px solid var(--line) }
th, td { padding: 7px 14px 7px 0; vertical-align: top } td { border-bottom: 1px solid var(--line) }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.figures { display: flex; flex-wrap: wrap; gap: 12px; margin: 20px 0 }
.figures div { flex: 1 1 150px; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; padding: 14px 16px; font-size: 13px; color: var(--soft) }
.figures b { display: block; font-size: 27px; line-height: 1.2; color: var(--ink);
  font-variant-numeric: tabular-nums }
.tag { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin: 0 7px 0 0 }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 28px }
@media (max-width: 760px) { .pair { grid-template-columns: 1fr } }
pre { font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap; margin: 8px 0;
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px }
.mail { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 4px 22px 12px; margin: 12px 0; font-size: 15px }
.mail header { font: 13px/1.6 system-ui, sans-serif; color: var(--soft); padding: 12px 0 8px;
  border-bottom: 1px solid var(--line) } .mail header b { color: var(--ink) }
svg { display: block; max-width: 100%; height: auto; margin: 8px auto }
svg rect { fill: var(--card); stroke: var(--line); stroke-width: 1.2 }
svg rect.entry { fill: var(--ink); stroke: none } svg rect.entry + text, rect.entry + text + text {
  fill: var(--page) }
svg rect.send { stroke: var(--a); stroke-width: 2 } svg rect.wait { stroke-dasharray: 5 4 }
svg text { font-size: 13px; fill: var(--ink) }
svg .says, svg .when, svg .count { text-anchor: middle }
svg .count { font-weight: 600; font-variant-numeric: tabular-nums }
svg .when { fill: var(--soft); font-style: italic }
svg .edge { fill: none; stroke: var(--soft); stroke-width: 1.2 } svg .tip { fill: var(--soft) }
svg .grid { stroke: var(--line) } svg .tick { text-anchor: end; font-size: 11px; fill: var(--soft) }
svg .month { font-size: 11px; fill: var(--soft) }
svg.weeks { margin: 0 } .series0 { --shade: var(--a) } .series1 { --shade: var(--b) }
.series2 { --shade: var(--c) } .series3 { --shade: var(--d) }
.tag { background: var(--shade) } svg.weeks rect { stroke: none; fill: var(--shade) }
svg.plot { margin: 6px 0 } svg.plot rect { stroke: none; fill: var(--a) }
svg.plot rect.none { fill: var(--line); opacity: .45 } svg.plot rect.less { fill: var(--b) }
svg.plot .label { text-anchor: end } svg.plot .value { font-variant-numeric: tabular-nums }
svg.plot .axis { font-size: 11px; fill: var(--soft) } p.note { color: var(--soft); font-size: 14px }
"""


def whole(title: str, body: str) -> str:
    """A page with its style inside; `body` is HTML."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body>\n{body}\n</body></html>\n"
    )
