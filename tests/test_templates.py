"""Templates: what people get, and what their own data can never do."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cio_lang.channels import Draft, Email, EmailSettings
from cio_lang.mistake import UserMistake
from cio_lang.templates import (
    TemplateFailed,
    load_folder,
    problems,
    render,
    render_inline,
    syntax_mistake,
)
from cio_lang.templates.parts import split
from cio_lang.templates.render import first_sentence

WELCOME = """---
subject: Welcome, {{ person.name | default: "you" }}!
---

Hello **{{ person.name | default: "you" }}**,

{% if event.amount > 20 %}

Thanks for {{ event.amount }}. [Your order]({{ person.link }})

{% endif %}
"""


def test_text_and_html() -> None:
    person = {"name": "Ann", "link": "https://example.com/?a=1&b=2"}
    mail = render(WELCOME, {"person": person, "event": {"amount": 29.5}})
    assert mail.subject == "Welcome, Ann!"
    assert mail.text.startswith("Hello **Ann**,")
    assert mail.html is not None
    assert "<p>Hello <strong>Ann</strong>,</p>" in mail.html
    assert '<a href="https://example.com/?a=1&amp;b=2">Your order</a>' in mail.html


def test_missing_values_are_empty() -> None:
    mail = render(WELCOME, {"person": {}, "event": {}})
    assert mail.subject == "Welcome, you!"
    assert "Thanks" not in mail.text and mail.html is not None and "<p></p>" not in mail.html


@pytest.mark.parametrize(
    "value", ["{{7*7}}", "{% assign x = 1 %}", "**bold**", "[x](https://evil.example)"]
)
def test_values_are_never_templates_or_markdown(value: str) -> None:
    mail = render(
        "---\nsubject: {{ person.name }}\n---\n{{ person.name }}", {"person": {"name": value}}
    )
    assert mail.subject == value == mail.text
    assert mail.html == f"<p>{value}</p>\n"


def test_values_are_escaped_in_html() -> None:
    value = "<script>alert('x')</script>"
    mail = render("---\nsubject: a\n---\n{{ person.name }}", {"person": {"name": value}})
    assert value in mail.text
    assert mail.html is not None and "<script" not in mail.html


@pytest.mark.parametrize(
    "body",
    [
        "{% for i in (1..1000000000) %}x{% endfor %}",
        "{% assign x = 'aaaa' %}{% for i in (1..99) %}{% assign x = x | append: x %}{% endfor %}",
        "{% assign x = 99 %}{% for i in (1..99) %}{% assign x = x | times: x %}{% endfor %}",
        "{{ (1..1000000000) | join: '-' }}",
        "{{ 'a' | split: '' | concat: (1..1000000000) | size }}",
        "{{ person.name | divided_by: 0 }}",
        "{% include 'secret' %}",
    ],
)
def test_a_template_that_cannot_be_filled_in_fails_alone(body: str) -> None:
    with pytest.raises(TemplateFailed):
        render_inline(body, {"person": {"name": 1}})


def test_syntax_mistakes_are_told() -> None:
    assert syntax_mistake("---\nsubject: a\n---\n{% if %}") is not None
    assert syntax_mistake(WELCOME) is None


def test_inline_words() -> None:
    mail = render_inline("Thanks for your order! It is on its way.\nBye.", {})
    assert mail.subject == "Thanks for your order!"
    assert mail.html is None
    assert first_sentence("Hello {{ name }},\nyour trial ends.") == "Hello {{ name }},"
    assert first_sentence("word " * 40).endswith("…") and len(first_sentence("word " * 40)) <= 78
    assert first_sentence(" \n ") == ""


def test_front_matter() -> None:
    assert split("---\nsubject: 'A: b'\n---\n\nx").subject == "A: b"
    assert split("\ufeff---\r\nsubject: A\r\n---\r\nx") == split("---\nsubject: A\n---\nx")
    assert split("no front matter").subject is None
    codes = [p.code for p in problems("a", "a.email.md", "---\nsubjct: x\n---\nx")]
    assert codes == ["unknown-template-key", "template-without-subject"]


def test_load_folder(tmp_path: Path) -> None:
    (tmp_path / "welcome.email.md").write_text(WELCOME, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a template", encoding="utf-8")
    assert load_folder(tmp_path) == {"welcome": WELCOME}
    assert load_folder(tmp_path / "none") == {}
    (tmp_path / "bad.email.md").write_bytes(b"\xff\xfe")
    with pytest.raises(UserMistake, match="cannot be read as text") as told:
        load_folder(tmp_path)
    assert told.value.problems[0].code == "template-is-not-text"


@settings(max_examples=150, deadline=None)
@given(st.text(), st.text(), st.one_of(st.none(), st.text()))
def test_any_words_make_a_mail_that_reads_back(subject: str, text: str, html: str | None) -> None:
    channel = Email(EmailSettings("Shöp <hi@shop.example>"))
    made = datetime(2026, 11, 1, tzinfo=UTC)
    draft = Draft("0a1b", "ann@example.com", subject, text, html, made)
    content = channel.compose(draft).content
    assert content == channel.compose(draft).content
    assert all(len(line) <= 998 for line in content.split(b"\r\n")) and b"\0" not in content
    read = email.message_from_bytes(content, policy=email.policy.default)
    expected = ["From", "To", "Subject", "Date", "Message-ID", "X-Cio-Outbox", "MIME-Version"]
    assert [name for name in read if not name.startswith("Content-")] == expected
    plain = read.get_body(("plain",))
    assert plain is not None
    assert read["Message-ID"] == "<0a1b@shop.example>"


def test_a_line_break_in_an_address_is_refused() -> None:
    channel = Email(EmailSettings("hi@shop.example"))
    made = datetime(2026, 11, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="control character"):
        channel.compose(Draft("a", "a@b.c\r\nBcc: x@y.z", "s", "t", None, made))
    with pytest.raises(UserMistake) as told:
        Email(EmailSettings("hi@shop.example\r\nBcc: x@y.z"))
    assert told.value.problems[0].code == "bad-sender"


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({}, "no address"),
        ({"email": "  "}, "no address"),
        ({"email": "ann"}, "bad address"),
        ({"email": "ann@example.com\nBcc: x@y.z"}, "bad address"),
        ({"email": "ann@exa mple.com"}, "bad address"),
        ({"email": "ann@example.com", "unsubscribed": True}, "unsubscribed"),
    ],
)
def test_who_cannot_be_reached(attributes: dict[str, object], reason: str) -> None:
    found = Email(EmailSettings("hi@shop.example")).address(attributes)
    assert not isinstance(found, str) and found.reason == reason
