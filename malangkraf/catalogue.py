"""Keep the Indonesian catalogue complete, without GNU gettext and without a configured project.

    python -m malangkraf.catalogue extract [--prune]     ids of the code into the catalogue
    python -m malangkraf.catalogue add FILE.json         {"msgid": "teks", "%(n)s row": ["%(n)s baris"]}
    python -m malangkraf.catalogue check                 exit 1 and a list of what is wrong
    python -m malangkraf.catalogue compile               write the .mo file

A message with a context is written "context\\u0004msgid" in the JSON file. An id that left the code is kept
as an obsolete entry (so that its translation comes back with it) until `extract --prune`.
"""

import argparse
import fcntl
import io
import json
import os
import re
import sys
import tokenize
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract_python
from django.conf import settings

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = ("malangkraf", "ecosystem", "startups", "roadmap")
CATALOGUE = Path("malangkraf/locale/id/LC_MESSAGES/django.po")
CONTEXT_SEPARATOR = "\x04"
HEADER = {
    "Project-Id-Version": "malangkraf",
    "Language": "id",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
SINGULAR, PLURAL, CONTEXT = "singular", "plural", "context"
# What each argument of each function is, in order.
KEYWORDS: dict[str, tuple[str, ...]] = {
    "_": (SINGULAR,),
    "gettext": (SINGULAR,),
    "gettext_lazy": (SINGULAR,),
    "gettext_noop": (SINGULAR,),
    "ngettext": (SINGULAR, PLURAL),
    "ngettext_lazy": (SINGULAR, PLURAL),
    "pgettext": (CONTEXT, SINGULAR),
    "pgettext_lazy": (CONTEXT, SINGULAR),
    "npgettext": (CONTEXT, SINGULAR, PLURAL),
    "npgettext_lazy": (CONTEXT, SINGULAR, PLURAL),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*[\d.]*[a-zA-Z]|%[sdr]|\{\w*\}")

Key = tuple[str | None, str]


@dataclass
class Message:
    """A message of the code: its plural id, if it has one, and the files that use it."""

    plural: str | None = None
    files: set[str] = field(default_factory=set)


@dataclass
class Extraction:
    """All messages of the code by (context, id), and one line for each file that could not be read."""

    messages: dict[Key, Message] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def extract_messages(root: Path) -> Extraction:
    """Return every message in the Python files and templates under `root`."""
    found = Extraction()
    for path in source_files(root):
        name = path.relative_to(root).as_posix()
        try:
            _collect(path, name, found)
        except (SyntaxError, tokenize.TokenError, UnicodeDecodeError, ValueError) as error:
            found.problems.append(f"cannot read {name}: {error}")
    return found


def source_files(root: Path) -> list[Path]:
    """Return the project's Python files (without migrations) and templates, in a stable order."""
    paths: list[Path] = []
    for package in PACKAGES:
        paths += (path for path in (root / package).rglob("*.py") if "migrations" not in path.parts)
    for folder in [root / "templates", *(root / package / "templates" for package in PACKAGES)]:
        paths += (path for path in folder.rglob("*") if path.suffix in {".html", ".txt", ".xml"})
    return sorted(paths)


def _collect(path: Path, name: str, found: Extraction) -> None:
    """Add the messages of one file; raise what the tokenizer and the template lexer raise."""
    text = path.read_text(encoding="utf-8")
    source = text if path.suffix == ".py" else _template_as_python(text, name)
    keywords = dict.fromkeys(KEYWORDS)
    for _line, function, arguments, _comments in extract_python(
        io.BytesIO(source.encode()), keywords, [], {"encoding": "utf-8"}
    ):
        values = (arguments,) if isinstance(arguments, str) else tuple(arguments or ())
        kinds = KEYWORDS[str(function)]
        named = dict(zip(kinds, values, strict=False))
        singular, plural = named.get(SINGULAR), named.get(PLURAL)
        # A call with a variable has no id here; the empty id is the catalogue's own header.
        if not singular or (CONTEXT in kinds and not named.get(CONTEXT)):
            continue
        message = found.messages.setdefault((named.get(CONTEXT), singular), Message())
        if plural and message.plural and plural != message.plural:
            found.problems.append(f"{name}: {singular!r} has two different plurals")
        message.plural = message.plural or plural
        message.files.add(name)


def _template_as_python(text: str, name: str) -> str:
    """Return Django's own pseudo Python of a template, in brackets so that its indentation means nothing."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    # Only importable usefully once settings exist.
    from django.utils.translation.template import templatize

    return f"(\n{templatize(text, origin=name)}\n)\n"


def read_catalogue(path: Path) -> polib.POFile:
    """Return the catalogue, or an empty one with the Indonesian header if there is no file yet."""
    catalogue: polib.POFile = polib.pofile(str(path)) if path.exists() else polib.POFile()
    catalogue.metadata = dict(HEADER)
    catalogue.wrapwidth = 0
    return catalogue


def write_catalogue(catalogue: polib.POFile, path: Path) -> None:
    """Write the catalogue sorted by id, in one step so that no reader meets half a file."""
    catalogue.sort(key=lambda entry: (entry.obsolete, entry.msgid, entry.msgctxt or ""))
    _replace(path, (str(catalogue).rstrip("\n") + "\n").encode())


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for this process alone: several people add translations at the same time."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def update(catalogue: polib.POFile, messages: dict[Key, Message]) -> None:
    """Make the catalogue hold exactly the code's ids; others become obsolete but keep their translation."""
    entries: dict[Key, polib.POEntry] = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    for key, entry in entries.items():
        entry.obsolete = key not in messages
    for (context, msgid), message in messages.items():
        if (context, msgid) not in entries:
            entries[context, msgid] = polib.POEntry(msgid=msgid, msgctxt=context)
            catalogue.append(entries[context, msgid])
        entry = entries[context, msgid]
        entry.occurrences = [(name, "") for name in sorted(message.files)]
        _set_plural(entry, message.plural)


def _set_plural(entry: polib.POEntry, plural: str | None) -> None:
    """Give the entry this plural id, carrying its translation between the two forms."""
    translation = translation_of(entry)
    entry.msgid_plural = plural or ""
    entry.msgstr_plural = {0: translation} if plural else {}
    entry.msgstr = "" if plural else translation


def translation_of(entry: polib.POEntry) -> str:
    """Return the Indonesian text of an entry, singular or plural: Indonesian has one form."""
    plural: str = entry.msgstr_plural.get(0, "")
    return entry.msgstr or plural


def set_translation(entry: polib.POEntry, text: str) -> None:
    """Store the text in the one form that the entry has, and clear the fuzzy mark."""
    if entry.msgid_plural:
        entry.msgstr_plural = {0: text}
    else:
        entry.msgstr = text
    entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]


def load_translations(path: Path) -> dict[Key, str]:
    """Return the translations of a JSON file by (context, id); raise ValueError with a clear message."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError("the file must hold one JSON object of message ids and translations")
    translations = {}
    for name, value in content.items():
        texts = value if isinstance(value, list) else [value]
        if len(texts) != 1 or not isinstance(texts[0], str) or not texts[0]:
            raise ValueError(f"{name!r}: one text is needed (Indonesian has one plural form)")
        context, found, msgid = name.rpartition(CONTEXT_SEPARATOR)
        translations[context if found else None, msgid] = texts[0]
    return translations


def placeholder_problem(entry: polib.POEntry) -> str | None:
    """Return what is wrong with the placeholders of a translation, or None."""
    # Of a plural only the plural id counts: the singular may say "one" instead of the number.
    expected = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    actual = sorted(PLACEHOLDER.findall(translation_of(entry)))
    # A translation may name a thing twice, but neither drop nor invent one.
    if set(expected) != set(actual):
        return f"placeholders {actual} instead of {expected}"
    # Django and gettext take the line ends of a message seriously.
    if entry.msgid.endswith("\n") != translation_of(entry).endswith("\n"):
        return "must end in a line break exactly as the id does"
    return None


def problems_of(root: Path) -> list[str]:
    """Return one line for everything that keeps the catalogue from being complete; empty when it is."""
    found = extract_messages(root)
    catalogue = read_catalogue(root / CATALOGUE)
    entries = {(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}
    problems = list(found.problems)
    for key, message in found.messages.items():
        if key not in entries:
            problems.append(f"not extracted: {key[1]!r} ({', '.join(sorted(message.files))})")
    for entry in catalogue:
        name = repr(entry.msgid)
        if entry.obsolete or (entry.msgctxt, entry.msgid) not in found.messages:
            problems.append(f"obsolete: {name}")
        elif not translation_of(entry):
            problems.append(f"untranslated: {name} ({', '.join(path for path, _line in entry.occurrences)})")
        elif "fuzzy" in entry.flags:
            problems.append(f"fuzzy: {name}")
        elif mismatch := placeholder_problem(entry):
            problems.append(f"{mismatch}: {name}")
    return problems


def compile_catalogue(root: Path) -> Path:
    """Write django.mo beside the catalogue and return its path; obsolete and fuzzy entries stay out."""
    path = root / CATALOGUE
    target = path.with_suffix(".mo")
    target.parent.mkdir(parents=True, exist_ok=True)
    _replace(target, read_catalogue(path).to_binary())
    return target


def extract_command(root: Path, options: argparse.Namespace) -> int:
    """Write the code's ids into the catalogue; return 1 if a file could not be read."""
    found = extract_messages(root)
    catalogue = read_catalogue(root / CATALOGUE)
    update(catalogue, found.messages)
    if options.prune:
        for entry in [entry for entry in catalogue if entry.obsolete]:
            catalogue.remove(entry)
    write_catalogue(catalogue, root / CATALOGUE)
    missing = sum(not translation_of(entry) for entry in catalogue if not entry.obsolete)
    print(f"{len(found.messages)} messages, {missing} without translation")
    return _report(found.problems)


def add_command(root: Path, options: argparse.Namespace) -> int:
    """Extract, store the file's translations and compile; return 1 if something in the file was not taken."""
    try:
        translations = load_translations(options.file)
    except (OSError, ValueError) as error:
        return _report([f"{options.file}: {error}"])
    found = extract_messages(root)
    catalogue = read_catalogue(root / CATALOGUE)
    update(catalogue, found.messages)
    complaints, added = list(found.problems), 0
    entries: dict[Key, polib.POEntry] = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    for (context, msgid), text in translations.items():
        entry = entries.get((context, msgid))
        if entry is None and options.keep:
            entry = polib.POEntry(msgid=msgid, msgctxt=context, obsolete=True)
            catalogue.append(entry)
        if entry is None or (entry.obsolete and not options.keep):
            complaints.append(f"dropped, not in the code (use --keep to store it all the same): {msgid!r}")
        elif translation_of(entry) not in ("", text) and not options.force:
            complaints.append(f"not overwritten (use --force): {msgid!r} is {translation_of(entry)!r}")
        else:
            set_translation(entry, text)
            added += 1
            if not entry.obsolete and (mismatch := placeholder_problem(entry)):
                complaints.append(f"stored, but {mismatch}: {msgid!r}")
    write_catalogue(catalogue, root / CATALOGUE)
    compile_catalogue(root)
    print(f"{added} translations stored")
    return _report(complaints)


def check_command(root: Path, _options: argparse.Namespace) -> int:
    """Return 1, and print why, unless every message has a sound translation."""
    return _report(problems_of(root))


def compile_command(root: Path, _options: argparse.Namespace) -> int:
    """Write the .mo file and say where it is."""
    print(compile_catalogue(root).relative_to(root))
    return 0


def _report(lines: Sequence[str]) -> int:
    """Print the lines to standard error and return the exit code."""
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command of the module and return its exit code."""
    parser = argparse.ArgumentParser(prog="malangkraf.catalogue", description="Indonesian catalogue")
    parser.add_argument("--root", type=Path, default=PROJECT, help="project folder (for tests)")
    commands = parser.add_subparsers(required=True)
    extract = commands.add_parser("extract")
    extract.add_argument("--prune", action="store_true", help="forget ids that left the code")
    extract.set_defaults(run=extract_command)
    add = commands.add_parser("add")
    add.add_argument("file", type=Path)
    add.add_argument("--keep", action="store_true", help="store ids that the code does not have yet")
    add.add_argument("--force", action="store_true", help="replace existing translations")
    add.set_defaults(run=add_command)
    commands.add_parser("check").set_defaults(run=check_command)
    commands.add_parser("compile").set_defaults(run=compile_command)
    options = parser.parse_args(arguments)
    with locked(options.root / CATALOGUE.parent):
        code: int = options.run(options.root, options)
    return code


if __name__ == "__main__":
    sys.exit(main())
