"""The code lists that entries are filtered by, loaded in one query, with their names in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from malangkraf.translated import translated

# Our own tables in one statement; through the ORM it would take longer to write than to run.
_LISTS = """
    SELECT 'subsektor' AS list, code, name, name_en, '' AS parent, "order" AS place FROM ecosystem_subsector
    UNION ALL SELECT 'layanan', code, name, name_en, '', "order" FROM startups_servicetype
    UNION ALL SELECT 'teknologi', code, name, name_en, '', "order" FROM startups_technology
    UNION ALL SELECT 'kecamatan', code, name, '', '', 0 FROM ecosystem_kecamatan
    UNION ALL SELECT 'kelurahan', ward.code, ward.name, '', district.code, 0 FROM ecosystem_kelurahan AS ward
        JOIN ecosystem_kecamatan AS district ON district.id = ward.kecamatan_id
    UNION ALL SELECT 'sinonim', id::text, array_to_string(words, '|'), '', '', 0 FROM startups_synonymgroup
    UNION ALL SELECT 'ukuran', 'entri', reltuples::bigint::text, '', '', 0 FROM pg_class
        WHERE oid = 'startups_searchentry'::regclass
    ORDER BY place, name
"""


@dataclass(frozen=True, slots=True)
class Concept:
    """One row of a code list; `parent` is the code of a kelurahan's kecamatan, else ""."""

    code: str
    name: str
    name_en: str
    parent: str

    @property
    def label(self) -> str:
        """Return the name in the active language."""
        return translated(self, "name")


CodeLists = Mapping[str, Mapping[str, Concept]]


def load() -> CodeLists:
    """Return the rows of each list by their codes, in the order of the list: {"subsektor": {code: Concept}}.

    The lists are called like the parameters that filter by them, technologies "teknologi". The groups of "sinonim" have
    their words in the name, with | between them; "ukuran" says how many entries the database believes there are.
    """
    lists: dict[str, dict[str, Concept]] = {
        name: {}
        for name in ("subsektor", "layanan", "teknologi", "kecamatan", "kelurahan", "sinonim", "ukuran")
    }
    with connection.cursor() as cursor:
        cursor.execute(_LISTS)
        for name, code, label, label_en, parent, _place in cursor.fetchall():
            lists[name][code] = Concept(code, label, label_en, parent)
    return lists
