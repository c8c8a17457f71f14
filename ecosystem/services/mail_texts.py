"""From a template to the subject, the text and the HTML of a mail; the HTML is made from the same text."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context, loader
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

LONGEST_SUBJECT = 200
# What is longer is a sentence.
LONGEST_BUTTON = 50
# The row of painted houses, as a line under the head.
HOUSES = ("#f2a900", "#d1432b", "#17769b", "#1f8a5f", "#7b4fa3", "#d9486e", "#4fb0c6", "#f6c85f")


@dataclass(frozen=True, slots=True)
class MailText:
    """A mail as it is read: plain text and the same as HTML."""

    subject: str
    text: str
    html: str


def render_mail(template: str, context: Mapping[str, Any], *, language: str) -> MailText:
    """Return templates/mail/<template>.txt in a language: its first line is the subject, the rest the text.

    Nothing is escaped in the plain text, everything in the HTML. `why` in the context says why the person gets this
    mail; without it the footer says it in general.
    """
    with translation.override(language):
        # A plain text knows no markup: "&" must not turn into "&amp;".
        plain = Context({"portal_url": settings.SITE_URL, **context}, autoescape=False)
        head, _, body = _compiled(f"mail/{template}.txt").render(plain).strip().partition("\n")
        plain = Context({"portal_url": settings.SITE_URL, "why": "", **context}, autoescape=False)
        footer = _compiled("mail/_footer.txt").render(plain)
        return lay_out(head, f"{body.strip()}\n\n-- \n{footer.strip()}\n", language=language)


def lay_out(subject: str, text: str, *, language: str) -> MailText:
    """Return the mail with its HTML; the subject loses line breaks and control characters, so no header slips in."""
    subject = one_line(subject)[:LONGEST_SUBJECT]
    text = re.sub(r"\n{3,}", "\n\n", "".join(_without_controls(text, keep="\n\t")))
    body, _, footer = text.rpartition("\n-- \n")
    with translation.override(language):
        context = {"body": _as_html(body), "footer": _as_html(footer), "colours": HOUSES}
        html = render_to_string("mail/layout.html", {"language": language, "subject": subject, **context})
    return MailText(subject=subject, text=text, html=html)


def one_line(text: str) -> str:
    """Return the text on one line without control characters."""
    return " ".join("".join(_without_controls(text, keep="\n\r\t")).split())


def _without_controls(text: str, *, keep: str) -> list[str]:
    return [sign for sign in text if sign in keep or unicodedata.category(sign) not in {"Cc", "Zl", "Zp"}]


def _compiled(name: str) -> Any:
    # The template of Django's engine itself: its wrapper does not let one render without escaping.
    return loader.get_template(name).template  # type: ignore[attr-defined]


def _as_html(text: str) -> SafeString:
    """Return paragraphs, lists ("- " lines), codes (indented lines) and buttons of the text as HTML.

    A paragraph that is a short "Label: address" of the portal is a button, the first of them the main one.
    """
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", text) if block.strip()]
    html = "\n".join(_block(block.splitlines()) for block in blocks)
    return mark_safe(html.replace('class="action"', 'class="action main"', 1))  # noqa: S308 (escaped below)


def _block(lines: list[str]) -> str:
    if all(line.startswith("    ") for line in lines):
        return format_html("<pre><strong>{}</strong></pre>", "\n".join(line.strip() for line in lines))
    if all(line.startswith("- ") for line in lines):
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((_linked(line[2:]),) for line in lines))
        )
    if len(lines) == 1 and (labelled := _labelled(lines[0])) and len(labelled[1]) <= LONGEST_BUTTON:
        return format_html('<p class="action">{}</p>', _linked(lines[0]))
    return format_html("<p>{}</p>", mark_safe("<br>\n".join(_linked(line) for line in lines)))  # noqa: S308


def _own() -> str:
    """Return the pattern of the portal's own addresses in escaped text."""
    return re.escape(escape(settings.SITE_URL)) + r"(?:/\S*?)?(?=[.,;:!?)]*(?:\s|$))"


def _labelled(line: str) -> re.Match[str] | None:
    """Return label and address of a line "Label: address"."""
    return re.fullmatch(rf"(.+?): ({_own()})", escape(line))


def _linked(line: str) -> SafeString:
    """Return the line escaped, with the portal's own addresses as links; in "Label: address" the label is the link.

    Other addresses stay text: a visitor's words in a mail of ours must not become a link that looks like ours.
    """
    if labelled := _labelled(line):
        return mark_safe(f'<a href="{labelled[2]}">{labelled[1]}</a>')  # noqa: S308
    return mark_safe(re.sub(_own(), r'<a href="\g<0>">\g<0></a>', escape(line)))  # noqa: S308
