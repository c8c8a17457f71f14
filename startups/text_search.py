"""What somebody typed, as a condition on the search table: words, synonyms, and letters typed wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import FloatField, IntegerField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import translation

from malangkraf.folding import fold, words_of
from startups.code_lists import CodeLists
from startups.models import SearchEntry, Startup
from startups.rules.spelling import corrections

CONFIGS = ("simple", "indonesian", "english")
MOST_WORDS = 8
# Words without a meaning of their own: an entry that lacks them is found all the same.
EMPTY_WORDS = frozenset(
    ("a", "an", "and", "at", "atau", "dan", "dari", "dengan", "di", "for", "in", "ke", "of", "on", "or")
    + ("pada", "the", "to", "untuk", "yang", "with")
)
# With fewer hits than this the words may have been typed wrong.
FEW = 3
# Where there are more entries than this, less is counted and a frequent word is not taken for the beginning of others.
MANY = 50_000
SAMPLE = 500
# Two words with one letter wrong have a third of their trigrams in common ("arnuika", "arunika": 0.33). Unrelated ones
# may have that too, so that below SURE the letters are compared.
SURE = 0.5
MOST_NEAR = 50
# PostgreSQL's order: place, texts, offers, name.
WEIGHTS = [0.1, 0.2, 0.4, 1.0]

# Of the first entries, as in the function that counts the hits.
_IS_FREQUENT = (
    f"(SELECT count(*) >= {FEW} FROM (SELECT vector FROM startups_searchentry LIMIT {SAMPLE}) AS first"  # noqa: S608
    " WHERE vector @@ phraseto_tsquery('simple', %s))"
)

# Words or phrases of which one is enough.
Term = list[str]


class ParsedQuery(SearchQuery):
    """A query that PostgreSQL has parsed before, in its own notation."""

    template = "%(expressions)s::tsquery"


@dataclass(frozen=True, slots=True)
class TextMatch:
    """How typed words choose and order entries; `suggestion` is what may have been meant, "" for nothing better.

    `near` are entries with a name like the words.
    """

    plain: str
    exact: str
    wide: str = ""
    near: tuple[int, ...] = ()
    suggestion: str = ""

    @property
    def condition(self) -> Q:
        """Return which entries match; none do when there is no word in what was typed."""
        if not self.exact:
            return Q(pk=0)
        found = Q(vector=ParsedQuery(self.wide or self.exact))
        return found | Q(pk__in=self.near) if self.near else found

    def ordered(self, entries: QuerySet[SearchEntry]) -> QuerySet[SearchEntry]:
        """Return the entries, the best first: the name as typed, the exact words, then what is near."""
        table = SearchEntry._meta.db_table
        # Written as SQL: as expressions it would take Django longer to write than PostgreSQL to run.
        step = RawSQL(
            f"CASE WHEN {table}.plain_name = %s THEN 0 WHEN starts_with({table}.plain_name, %s) THEN 1"  # noqa: S608
            f" WHEN {table}.vector @@ %s::tsquery THEN 2 ELSE 3 END",
            (self.plain, self.plain, self.exact),
            IntegerField(),
        )
        rank = RawSQL(
            f"ts_rank(%s::real[], {table}.vector, %s::tsquery) + word_similarity(%s, {table}.plain_name)",
            (WEIGHTS, self.wide or self.exact, self.plain if self.near else ""),
            FloatField(),
        )
        return entries.order_by(step, rank.desc(), "plain_name", "pk")


def is_large(lists: CodeLists) -> bool:
    """Return whether the directory has more than MANY entries by the database's estimate."""
    return int(lists["ukuran"]["entri"].name) > MANY


def match(text: str, lists: CodeLists) -> TextMatch:
    """Return how the words choose entries; one query, or up to three when they find little."""
    words = words_of(text)[:MOST_WORDS]
    if not words:
        return TextMatch(plain="", exact="")
    groups = synonyms(lists)
    terms = terms_of(words, groups)
    exact, hits = _parse(terms, is_large=is_large(lists))
    if hits >= FEW:
        return TextMatch(plain=fold(text), exact=exact)
    known = vocabulary(lists)
    better = {word: found for word in words if (found := corrections(word, known))}
    wide, wide_hits = _parse(terms_of(words, groups, better), is_large=is_large(lists)) if better else ("", 0)
    near = [] if wide_hits else _near_names(words)
    suggestion = ""
    if not hits and better:
        suggestion = " ".join(better[word][0] if word in better else word for word in words)
    elif not hits and near:
        suggestion = near[0][1]
    return TextMatch(
        plain=fold(text),
        exact=exact,
        wide=wide,
        near=tuple(pk for pk, _name in near),
        suggestion=suggestion,
    )


def terms_of(
    words: Sequence[str],
    groups: Mapping[str, Sequence[str]],
    better: Mapping[str, Sequence[str]] | None = None,
) -> list[Term]:
    """Return what each word, or phrase that has synonyms, may be replaced by, itself first."""
    better = better or {}
    terms: list[Term] = []
    place = 0
    while place < len(words):
        phrases = [" ".join(words[place:end]) for end in range(len(words), place, -1)]
        phrase = next((phrase for phrase in phrases if phrase in groups), words[place])
        meant = [phrase, *better.get(phrase, ())]
        alike = [other for one in meant for other in groups.get(one, ())]
        terms.append(list(dict.fromkeys(meant + alike)))
        place += phrase.count(" ") + 1
    return [term for term in terms if term[0] not in EMPTY_WORDS] or terms


def synonyms(lists: CodeLists) -> dict[str, list[str]]:
    """Return the words of the same group by each word, folded."""
    found: dict[str, list[str]] = {}
    for group in lists["sinonim"].values():
        folded = [" ".join(words_of(word)) for word in group.name.split("|")]
        for word in folded:
            found[word] = [*found.get(word, ()), *(other for other in folded if other != word)]
    return found


def vocabulary(lists: CodeLists) -> set[str]:
    """Return the words that searchers may have meant: those of the code lists, in both languages, and synonyms."""
    texts = [text for rows in lists.values() for one in rows.values() for text in (one.name, one.name_en)]
    for language in ("id", "en"):
        with translation.override(language):
            texts += [str(label) for label in Startup.Kind.labels]
    return {word for text in texts for word in words_of(text)} - EMPTY_WORDS


def _parse(terms: Sequence[Term], *, is_large: bool) -> tuple[str, int]:
    """Return the terms in PostgreSQL's notation and how many entries match, counted up to FEW.

    The last word is taken for the beginning of one, for it may still be being typed; in a large directory only if it
    is not frequent as it stands.
    """
    params: list[str] = []
    parts = []
    for term in terms:
        alternatives = [f"phraseto_tsquery('{config}', %s)" for _phrase in term for config in CONFIGS]
        params += [phrase for phrase in term for _config in CONFIGS]
        if term is terms[-1] and " " not in term[0]:
            beginning = "to_tsquery('simple', %s)"
            if is_large:
                beginning = f"CASE WHEN {_IS_FREQUENT} THEN NULL ELSE {beginning} END"
                params.append(term[0])
            alternatives.append(beginning)
            params.append(f"{term[0]}:*")
        # Three dictionaries often say the same; each word twice would be ranked twice.
        parts.append(
            "(SELECT string_agg(DISTINCT one::text, ' | ')::tsquery"
            f" FROM unnest(ARRAY[{', '.join(alternatives)}]) AS one WHERE numnode(one) > 0)"
        )
    with connection.cursor() as cursor:
        # Nothing of what was typed is in the statement; the names are our own. Migrations made the function.
        cursor.execute(
            f"SELECT query::text, startups_hits(query, %s) FROM (SELECT {' && '.join(parts)} AS query) AS typed",
            [FEW, *params],
        )
        query, hits = cursor.fetchone()
    return query or "", hits or 0


def _near_names(words: Sequence[str]) -> list[tuple[int, str]]:
    """Return key and name of the entries whose name is like the words, the nearest first."""
    with connection.cursor() as cursor:
        # Made by a migration: the function has its own threshold, 0.3.
        cursor.execute("SELECT * FROM startups_near(%s, %s)", [" ".join(words), MOST_NEAR])
        found = cursor.fetchall()
    return [
        (pk, name)
        for pk, name, plain_name, near in found
        if near >= SURE or all(_is_near(word, plain_name.split()) for word in words)
    ]


def _is_near(word: str, others: Sequence[str]) -> bool:
    return word in others or bool(corrections(word, others))
