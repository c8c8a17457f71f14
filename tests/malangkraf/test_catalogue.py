"""The catalogue tool on a small planted project: it must see every kind of message and fault."""

import gettext
import json
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from malangkraf import catalogue

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext, pgettext_lazy, gettext
TITLE = _("Home")
def rows(n):
    return ngettext("%(n)s row", "%(n)s rows", n) % {"n": n}
MAY = pgettext_lazy("month", "May")
SAID = gettext("Hello {name}")
VARIABLE = gettext(TITLE)
LONG = gettext(
    "One sentence "
    "in two pieces"
)
"""
TEMPLATE = """{% load i18n %}
   <p title="{% translate "It's here" %}">{{ x|default:_("nothing") }}</p>
 {% blocktranslate trimmed with name=user.name %}
      Welcome,
      {{ name }}
 {% endblocktranslate %}
 {% blocktranslate count n=rows|length %}{{ n }} studio{% plural %}{{ n }} studios{% endblocktranslate %}
 {# a comment with "quotes #}
"""
TRANSLATIONS = {
    "Home": "Beranda",
    "%(n)s row": ["%(n)s baris"],
    "month\x04May": "Mei",
    "Hello {name}": "Halo {name}",
    "One sentence in two pieces": "Satu kalimat dalam dua potong",
    "It's here": "Ada di sini",
    "nothing": "kosong",
    "Welcome, %(name)s": "Selamat datang, %(name)s",
    "%(n)s studio": ["%(n)s studio"],
}


@pytest.fixture
def project(tmp_path):
    for package in catalogue.PACKAGES:
        (tmp_path / package).mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "roadmap" / "views.py").write_text(PYTHON)
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    return tmp_path


@pytest.fixture
def translated(project):
    assert add(project, TRANSLATIONS) == 0
    return project


def run(project, *arguments):
    return catalogue.main(["--root", str(project), *arguments])


def add(project, translations, *options):
    file = project / "id.json"
    file.write_text(json.dumps(translations), encoding="utf-8")
    return run(project, "add", str(file), *options)


def read(project):
    return polib.pofile(str(project / catalogue.CATALOGUE))


def append_to_code(project, text):
    path = project / "roadmap" / "views.py"
    path.write_text(path.read_text() + text)


def change_catalogue(project, change):
    """Change the file as a careless person would, past the tool."""
    content = read(project)
    change(content)
    content.save(str(project / catalogue.CATALOGUE))


def test_extract_finds_every_kind_of_message(project):
    assert run(project, "extract") == 0
    found = {(entry.msgctxt, entry.msgid): entry.msgid_plural for entry in read(project)}
    assert set(found) == {
        ("month" if "\x04" in name else None, name.split("\x04")[-1]) for name in TRANSLATIONS
    }
    assert found[None, "%(n)s row"] == "%(n)s rows"
    assert found[None, "%(n)s studio"] == "%(n)s studios"


def test_the_file_is_sorted_and_names_files_without_lines(project):
    run(project, "extract")
    ids = [entry.msgid for entry in read(project)]
    assert ids == sorted(ids)
    assert read(project).find("Home").occurrences == [("roadmap/views.py", "")]
    assert read(project).metadata["Plural-Forms"].startswith("nplurals=1")


def test_extracting_twice_changes_nothing(translated):
    before = (translated / catalogue.CATALOGUE).read_bytes()
    run(translated, "extract")
    assert (translated / catalogue.CATALOGUE).read_bytes() == before


def test_migrations_are_not_read(project):
    (project / "roadmap" / "migrations").mkdir()
    (project / "roadmap" / "migrations" / "0001_initial.py").write_text("_('old')")
    run(project, "extract")
    assert read(project).find("old") is None


def test_a_complete_catalogue_passes(translated, capsys):
    assert run(translated, "check") == 0
    assert capsys.readouterr().err == ""


def test_compiled_texts_reach_gettext(translated):
    assert run(translated, "compile") == 0
    with (translated / catalogue.CATALOGUE).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("Home") == "Beranda"
    assert compiled.pgettext("month", "May") == "Mei"
    assert compiled.ngettext("%(n)s row", "%(n)s rows", 1) == "%(n)s baris"
    assert compiled.ngettext("%(n)s row", "%(n)s rows", 5) == "%(n)s baris"


def test_add_never_overwrites_unless_forced(translated, capsys):
    assert add(translated, {"Home": "Rumah"}) == 1
    assert "not overwritten" in capsys.readouterr().err
    assert read(translated).find("Home").msgstr == "Beranda"
    assert add(translated, {"Home": "Rumah"}, "--force") == 0
    assert read(translated).find("Home").msgstr == "Rumah"


def test_adding_the_same_text_again_is_no_complaint(translated):
    assert add(translated, TRANSLATIONS) == 0


def test_add_drops_unknown_ids_and_says_so(translated, capsys):
    assert add(translated, {"Not there": "Tidak ada"}) == 1
    assert "Not there" in capsys.readouterr().err
    assert read(translated).find("Not there", include_obsolete_entries=True) is None


def test_kept_ids_wait_for_their_code(translated):
    assert add(translated, {"Later": "Nanti", "%(n)s day": ["%(n)s hari"]}, "--keep") == 0
    assert run(translated, "check") == 1
    append_to_code(translated, '_("Later")\nngettext("%(n)s day", "%(n)s days", 2)\n')
    run(translated, "extract")
    assert run(translated, "check") == 0
    assert read(translated).find("Later").msgstr == "Nanti"
    assert read(translated).find("%(n)s day").msgstr_plural == {0: "%(n)s hari"}


def test_a_translation_survives_an_absence_of_its_code(translated):
    path = translated / "templates" / "page.html"
    path.unlink()
    run(translated, "extract")
    path.write_text(TEMPLATE)
    run(translated, "extract")
    assert run(translated, "check") == 0


def test_prune_forgets_what_left_the_code(translated):
    (translated / "templates" / "page.html").unlink()
    run(translated, "extract", "--prune")
    assert run(translated, "check") == 0
    assert read(translated).find("nothing", include_obsolete_entries=True) is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[1]", "one JSON object"),
        ("{", "Expecting property name"),
        ('{"Home": ["satu", "dua"]}', "one text is needed"),
        ('{"Home": ""}', "one text is needed"),
        ('{"Home": 5}', "one text is needed"),
    ],
)
def test_add_refuses_a_bad_file_and_changes_nothing(project, capsys, content, said):
    (project / "bad.json").write_text(content)
    assert run(project, "add", str(project / "bad.json")) == 1
    assert said in capsys.readouterr().err
    assert not (project / catalogue.CATALOGUE).exists()


def test_add_refuses_a_missing_file(project, capsys):
    assert run(project, "add", str(project / "none.json")) == 1
    assert "none.json" in capsys.readouterr().err


def test_check_finds_a_message_that_was_never_extracted(translated, capsys):
    append_to_code(translated, '_("Brand new")\n')
    assert run(translated, "check") == 1
    assert "not extracted: 'Brand new' (roadmap/views.py)" in capsys.readouterr().err


def test_check_finds_an_untranslated_message(translated, capsys):
    change_catalogue(translated, lambda content: setattr(content.find("Home"), "msgstr", ""))
    assert run(translated, "check") == 1
    assert "untranslated: 'Home'" in capsys.readouterr().err


def test_check_finds_a_fuzzy_message(translated, capsys):
    change_catalogue(translated, lambda content: content.find("Home").flags.append("fuzzy"))
    assert run(translated, "check") == 1
    assert "fuzzy: 'Home'" in capsys.readouterr().err


@pytest.mark.parametrize("obsolete", [True, False])
def test_check_finds_an_obsolete_message(translated, capsys, obsolete):
    old = polib.POEntry(msgid="Old", msgstr="Lama", obsolete=obsolete)
    change_catalogue(translated, lambda content: content.append(old))
    assert run(translated, "check") == 1
    assert "obsolete: 'Old'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("msgid", "text"),
    [
        ("Welcome, %(name)s", "Selamat datang, %(nama)s"),
        ("Welcome, %(name)s", "Selamat datang"),
        ("Hello {name}", "Halo {nama}"),
        ("Home", "Beranda %s"),
        ("%(n)s row", "baris"),
    ],
)
def test_check_finds_a_changed_placeholder(translated, capsys, msgid, text):
    def spoil(content):
        catalogue.set_translation(content.find(msgid), text)

    change_catalogue(translated, spoil)
    assert run(translated, "check") == 1
    assert "placeholders" in capsys.readouterr().err


def test_a_singular_without_the_number_needs_no_number(translated):
    append_to_code(translated, 'ngettext("One startup", "%(n)s startups", 2)\n')
    assert add(translated, {"One startup": "%(n)s startup"}) == 0
    assert run(translated, "check") == 0


def test_an_unreadable_file_is_reported_by_name(translated, capsys):
    (translated / "templates" / "broken.html").write_text(
        "{% load i18n %}{% blocktranslate %}{{ a }}{% if b %}"
    )
    (translated / "roadmap" / "latin.py").write_bytes(b'_("\xe9")')
    assert run(translated, "check") == 1
    said = capsys.readouterr().err
    assert "cannot read roadmap/latin.py" in said
    assert "cannot read templates/broken.html" in said


def test_many_hands_add_at_once_without_losing_a_text(project):
    names = [f"Text {number}" for number in range(6)]
    append_to_code(project, "".join(f'_("{name}")\n' for name in names))
    processes = []
    for name in names:
        file = project / f"{name}.json"
        file.write_text(json.dumps({name: f"{name} (id)"}))
        command = [sys.executable, "-m", "malangkraf.catalogue", "--root", str(project), "add", str(file)]
        processes.append(subprocess.Popen(command, cwd=catalogue.PROJECT, stdout=subprocess.DEVNULL))
    assert [process.wait(timeout=60) for process in processes] == [0] * len(names)
    content = read(project)
    assert [content.find(name).msgstr for name in names] == [f"{name} (id)" for name in names]
    assert not list(Path(project / catalogue.CATALOGUE).parent.glob(".django*"))


def test_one_thing_has_one_name():
    """Each of these stood beside the word that readers know from the other pages."""
    other_names = {"surel", "nomor pendaftaran", "nomor rujukan", "dipastikan", "ditangguhkan"}
    # The heading of a column, as people write it in their lists.
    allowed = {"Indonesian headings such as nama, jenis, ringkasan, situs and surel work too."}
    found = [
        (name, entry.msgid)
        for entry in polib.pofile(str(catalogue.PROJECT / catalogue.CATALOGUE))
        for name in other_names
        if name in " ".join([entry.msgstr, *entry.msgstr_plural.values()]).lower()
        and entry.msgid not in allowed
        and not entry.obsolete
    ]
    assert found == []
