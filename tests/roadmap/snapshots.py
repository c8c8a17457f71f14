"""Report snapshots for tests, built from the published figures: an ordinary one, an empty one, a big one."""

import copy
import csv
import hashlib
import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from roadmap.periods import parse_period, period_label

PUBLISHED = Path(__file__).resolve().parents[2] / "roadmap" / "data" / "published-kpi.csv"

PHASES = [
    ("malang-bersinergi", "Malang Bersinergi", "teal", "2018-01-01", "2019-12-31"),
    ("malang-berdaya", "Malang Berdaya", "brick", "2020-01-01", "2021-12-31"),
    ("malang-mendunia", "Malang Mendunia", "saffron", "2022-01-01", "2023-12-31"),
]
UNITS = {
    "unit": "units",
    "persen": "percent",
    "orang": "people",
    "acara": "events",
    "kecamatan": "districts",
    "miliar rupiah": "billion rupiah",
}
BANDS = [
    ("very_high", "Sangat tinggi", "Very high", "91"),
    ("high", "Tinggi", "High", "76"),
    ("medium", "Sedang", "Medium", "66"),
    ("low", "Rendah", "Low", "51"),
    ("very_low", "Sangat rendah", "Very low", "0"),
]


def both(indonesian, english=None):
    """Return a text in both languages."""
    return {"id": indonesian, "en": english or indonesian}


def digest(snapshot):
    """Return the sha256 over the canonical bytes of a snapshot."""
    text = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def label_of(span):
    """Return the name of a period in both languages."""
    return {tongue: period_label(span.kind, span.start, span.end, tongue) for tongue in ("id", "en")}


def achievement_of(actual, target, direction):
    """Return the achievement part of an indicator."""
    nothing = {"raw": None, "percent": None, "capped": None, "original_percent": None, "band": None}
    if actual is None or target is None:
        return {**nothing, "reason": "no_actual" if actual is None else "no_target"}
    part = 2 * target - actual if direction == "lower" else actual
    raw = part / target * 100
    percent = raw.quantize(Decimal("0.01"), ROUND_HALF_UP)
    code, name, english, _ = next((band for band in BANDS if percent >= Decimal(band[3])), BANDS[-1])
    return {
        "raw": str(raw),
        "percent": str(percent),
        "capped": str(max(Decimal(0), min(percent, Decimal(100)))),
        "original_percent": str(percent),
        "band": {"code": code, "label": both(name, english)},
        "reason": None,
    }


def series_of(rows):
    """Return the series of an indicator from its published rows, in time order."""
    entries = {}
    for row in rows:
        span = parse_period(row["period"])
        entry = entries.setdefault(
            span.code,
            {
                "code": span.code,
                "label": label_of(span),
                "start": span.start.isoformat(),
                "end": span.end.isoformat(),
                "target": None,
                "actual": None,
                "percent": None,
            },
        )
        entry[row["kind"]] = row["value"]
    return sorted(entries.values(), key=lambda entry: entry["end"])


def indicator_of(position, rows, year):
    """Return one indicator with everything a report of this year says about it."""
    first = rows[0]
    direction = "lower" if first["direction"] == "decrease" else "higher"
    series = series_of(rows)
    for entry in series:
        if entry["actual"] and entry["target"]:
            numbers = Decimal(entry["actual"]), Decimal(entry["target"])
            entry["percent"] = achievement_of(*numbers, direction)["percent"]
    now = [entry for entry in series if entry["end"].startswith(str(year))]
    target = next((entry for entry in reversed(now) if entry["target"]), None)
    actual = next((entry for entry in reversed(now) if entry["actual"]), None)
    before = [entry for entry in series if entry["actual"] and entry["end"] < f"{year}-01-01"]
    value = Decimal(actual["actual"]) if actual else None
    goal = Decimal(target["target"]) if target else None
    name = both(first["indicator"], first["indicator_en"])
    return {
        "code": f"KPI-{position:02}",
        "slug": f"kpi-{position:02}",
        "name": name,
        "unit": both(first["unit"], UNITS[first["unit"]]),
        "decimals": max(len(row["value"].partition(".")[2]) for row in rows),
        "direction": direction,
        "headline": position <= 8,
        "value_type": "direct_percent" if first["unit"] == "persen" else "count",
        "phases": ["malang-mendunia"] if now else [],
        "programmes": ["mcc"] if "MCC" in first["indicator"] else ["ekosistem"],
        "baseline": _baseline(before, rows),
        "target": goal
        and {
            "value": str(goal),
            "low": None,
            "high": None,
            "original": str(goal),
            "version": 1,
            "label": target["label"],
            "source_url": rows[0]["source_url"],
        },
        "actual": actual and _actual(actual, rows),
        "missing_reason": None if actual else both("belum dipublikasikan", "not published yet"),
        "achievement": achievement_of(value, goal, direction),
        "trend": _trend(before, value),
        "series": series,
        "message": _message(name, actual, direction),
        "narrative": None,
        "comparison": _comparison(before),
    }


def _comparison(before):
    last = before[-1] if before else None
    previous = last and {"label": last["label"], "actual": last["actual"], "percent": last["percent"]}
    return {"previous": previous, "medium_term": None, "standard": None}


def _baseline(series, rows):
    first = next((entry for entry in series if entry["actual"]), None)
    return first and {"value": first["actual"], "label": first["label"], "source_url": rows[0]["source_url"]}


def _actual(entry, rows):
    row = next(
        row for row in rows if row["kind"] == "actual" and parse_period(row["period"]).code == entry["code"]
    )
    return {
        "value": entry["actual"],
        "label": entry["label"],
        "as_of": entry["end"],
        "provisional": False,
        "historical": True,
        "carried": False,
        "source_url": row["source_url"],
        "note": both("", row["note"]),
        "disputed": "another report" in row["note"],
    }


def _trend(before, value):
    if not before or value is None:
        return "none"
    earlier = Decimal(before[-1]["actual"])
    return "up" if value > earlier else "down" if value < earlier else "flat"


def _message(name, actual, direction):
    if actual is None:
        return both(f"{name['id']}: belum ada angka.", f"{name['en']}: no figure yet.")
    value = actual["actual"]
    return both(f"{name['id']} tercatat {value.replace('.', ',')}.", f"{name['en']} stood at {value}.")


def published_snapshot(year=2022, kind="year"):
    """Return the snapshot of a yearly report from the published figures."""
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(dict.fromkeys(row["indicator"] for row in rows))
    indicators = [
        indicator_of(position, [row for row in rows if row["indicator"] == name], year)
        for position, name in enumerate(names, 1)
    ]
    growth = next(item for item in indicators if item["name"]["id"].startswith("Pertumbuhan"))
    growth["narrative"] = {
        "supporting": both("Pemulihan setelah pandemi.", "Recovery after the pandemic."),
        "obstacles": both("", ""),
        "follow_up": both("", ""),
    }
    snapshot = frame(kind, str(year), indicators)
    snapshot["programmes"] = [ecosystem(indicators), mcc(indicators)]
    snapshot["milestones"] = [
        {
            "as_of": entry["end"],
            "title": both(
                "Progres fisik pembangunan MCC (persen)", "Physical progress of the MCC building (percent)"
            ),
            "target": entry["target"],
            "actual": entry["actual"],
            "source_url": "https://petisi.co/pembangunan-malang-creative-center-menuju-100-persen/",
        }
        for item in indicators
        if item["name"]["id"].startswith("Progres fisik")
        for entry in item["series"]
    ]
    snapshot["changes"] = [
        {
            "code": growth["code"],
            "kind": "new_value",
            "text": both("Nilai 2022 masuk.", "The 2022 value came in."),
        }
    ]
    return snapshot


def ecosystem(indicators):
    """Return a programme without actions of its own."""
    return {
        "slug": "ekosistem",
        "title": both("Infrastruktur dan talenta", "Infrastructure and talent"),
        "lead": "Bappeda Kota Malang",
        "phases": [phase[0] for phase in PHASES],
        "rollup": rollup([item for item in indicators if "ekosistem" in item["programmes"]]),
        "indicators": [item["code"] for item in indicators if "ekosistem" in item["programmes"]],
        "actions": [],
    }


def mcc(indicators):
    """Return the programme of the Malang Creative Center with one delayed and one finished action."""
    return {
        "slug": "mcc",
        "title": both("Malang Creative Center"),
        "lead": "Diskopindag Kota Malang",
        "phases": ["malang-berdaya", "malang-mendunia"],
        "rollup": rollup([item for item in indicators if "mcc" in item["programmes"]]),
        "indicators": [item["code"] for item in indicators if "mcc" in item["programmes"]],
        "actions": [
            {
                "title": both("Membangun gedung MCC", "Build the MCC"),
                "state": "done",
                "planned": ["2021-05-27", "2022-07-20"],
                "actual": ["2021-05-27", "2022-07-20"],
                "reason": None,
                "lead": "DPUPRPKP Kota Malang",
                "updates": [
                    {
                        "as_of": "2022-07-14",
                        "text": both("Gedung hampir selesai.", "The building is nearly finished."),
                        "percent": "98.3",
                        "source_url": "https://surabaya.kompas.com/read/2022/07/14/170740378/",
                    }
                ],
            },
            {
                "title": both(
                    "Membuka coworking di tiap kecamatan", "Open a coworking space in every district"
                ),
                "state": "delayed",
                "planned": ["2021-01-01", "2021-12-31"],
                "actual": ["2021-01-01", None],
                "reason": both("Pandemi", "The pandemic"),
                "lead": "Diskopindag Kota Malang",
                "updates": [],
            },
        ],
    }


def rollup(indicators):
    """Return the average of what can be computed, or the reason why there is none."""
    known = [Decimal(item["achievement"]["capped"]) for item in indicators if item["achievement"]["capped"]]
    enough = bool(known) and len(known) * 2 >= len(indicators)
    return {
        "percent": str((sum(known) / len(known)).quantize(Decimal("0.01"), ROUND_HALF_UP))
        if enough
        else None,
        "reason": None if enough else "below_completeness",
        "included": len(known),
        "expected": len(indicators),
        "excluded": [
            {"code": item["code"], "name": item["name"], "reason": item["achievement"]["reason"]}
            for item in indicators
            if item["achievement"]["reason"]
        ],
    }


def frame(kind, code, indicators):
    """Return a whole snapshot around the indicators, without programmes, milestones and changes."""
    span = parse_period(code)
    measured = [item for item in indicators if item["actual"]]
    computable = [item for item in indicators if item["achievement"]["percent"]]
    share = Decimal(len(measured)) / len(indicators) * 100 if indicators else Decimal(0)
    urls = sorted({item["actual"]["source_url"] for item in measured})
    return {
        "schema": "malangkraf.report/1",
        "report": {
            "kind": kind,
            "slug": code.lower(),
            "number": 1,
            "title": both(
                f"Laporan kemajuan KPI {label_of(span)['id']}", f"KPI progress report {label_of(span)['en']}"
            ),
            "period": {
                "code": span.code,
                "kind": str(span.kind),
                "start": span.start.isoformat(),
                "end": span.end.isoformat(),
                "label": label_of(span),
            },
            "phase": {"slug": PHASES[2][0], "name": both(PHASES[2][1]), "colour": PHASES[2][2]},
            "cut_off": "2026-11-22T10:00:00+07:00",
            "erratum": None,
            "previous": None,
        },
        "completeness": {
            "expected": len(indicators),
            "measured": len(measured),
            "computable": len(computable),
            "percent": str(share.quantize(Decimal("0.01"), ROUND_HALF_UP)),
        },
        "rollup": rollup(indicators),
        "indicators": indicators,
        "programmes": [],
        "phases": phases_of(indicators),
        "milestones": [],
        "directory": {"available": False},
        "changes": [],
        "missing": missing_of(indicators, span),
        "method": method(),
        "sources": [
            {
                "url": url,
                "host": url.split("/")[2],
                "used_by": [item["code"] for item in measured if item["actual"]["source_url"] == url],
            }
            for url in urls
        ],
    }


def phases_of(indicators):
    """Return the three phases with their roll-ups."""
    return [
        {
            "slug": slug,
            "name": both(name),
            "colour": colour,
            "start": start,
            "end": end,
            "rollup": rollup([item for item in indicators if slug in item["phases"]]),
            "indicators": [item["code"] for item in indicators if slug in item["phases"]],
        }
        for slug, name, colour, start, end in PHASES
    ]


def missing_of(indicators, span):
    """Return the values that are missing in the period."""
    return [
        {
            "code": item["code"],
            "name": item["name"],
            "period": label_of(span),
            "reason": item["missing_reason"],
        }
        for item in indicators
        if not item["actual"]
    ]


def method():
    """Return the scale and no notes of its own."""
    return {
        "scale": {
            "name": both("Skala lima tingkat", "Scale of five bands"),
            "regulation": both(
                "Permendagri 86/2017 (dari tangan kedua)", "Permendagri 86/2017 (at second hand)"
            ),
            "bands": [
                {"code": band, "label": both(name, english), "lower": lower}
                for band, name, english, lower in BANDS
            ],
        },
        "notes": [],
    }


def empty_snapshot():
    """Return the snapshot of a quarter for which there is nothing at all."""
    return frame("quarter", "2018-Q1", [])


def big_snapshot(indicators=500, quarters=24):
    """Return a snapshot with made-up figures of the size that the portal must bear."""
    sample = next(
        item for item in published_snapshot()["indicators"] if item["name"]["id"].startswith("Pertumbuhan")
    )
    spans = [parse_period(f"{2018 + index // 4}-Q{index % 4 + 1}") for index in range(quarters)]
    everything = []
    for position in range(1, indicators + 1):
        item = copy.deepcopy(sample)
        item.update(code=f"UJI-{position:03}", slug=f"uji-{position:03}", headline=position <= 20)
        item["name"] = both(f"Indikator uji nomor {position}", f"Test indicator number {position}")
        item["series"] = [
            {
                "code": span.code,
                "label": label_of(span),
                "start": span.start.isoformat(),
                "end": span.end.isoformat(),
                "target": str(100 + step * 2),
                "actual": None if (step + position) % 11 == 0 else str(90 + (step * position) % 37),
                "percent": None if (step + position) % 11 == 0 else "95.00",
            }
            for step, span in enumerate(spans)
        ]
        everything.append(item)
    snapshot = frame("quarter", "2023-Q4", everything)
    programme = ecosystem([])
    programme["indicators"] = [item["code"] for item in everything]
    snapshot["programmes"] = [programme]
    return snapshot
