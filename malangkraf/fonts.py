"""The portal's typeface: one small WOFF2 for the web and static TTF files for the PDF, made from the PyPI package."""

import importlib.metadata
import json
from collections.abc import Callable
from pathlib import Path

PACKAGE = "fontpkg-plus-jakarta-sans"
UPRIGHT = "PlusJakartaSans[wght].ttf"
WEB_NAME = "plus-jakarta-sans.woff2"
WEB_LIMIT = 32 * 1024
# The thinnest weight the style sheet uses is 400; leaving 200-399 out saves a tenth of the file.
WEB_WEIGHTS = (400, 800)
STATIC_WEIGHTS = {400: "Regular", 600: "SemiBold", 700: "Bold", 800: "ExtraBold"}
# Basic Latin, Latin-1 (é in "café", ½, ·, ×, ÷) and the signs that our pages print.
SIGNS = "–—‘’“”…•−→←↑↓▲▼✓≥≤≠≈№€⁄"
WEB_CHARACTERS = [*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, SIGNS)]
# Tabular figures line up in tables; the stylistic sets are never used.
WEB_FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "tnum", "lnum", "case"]
RECIPE = 1  # raise when anything above changes, so that files made earlier are made again


def source_file() -> Path:
    """Return the path of the variable upright font inside the installed package."""
    distribution = importlib.metadata.distribution(PACKAGE)
    for entry in distribution.files or ():
        if entry.name == UPRIGHT:
            return Path(str(distribution.locate_file(entry)))
    raise FileNotFoundError(f"{PACKAGE} holds no {UPRIGHT}")


def build_web_font(source: Path, target: Path) -> int:
    """Write the Latin subset of the variable font as WOFF2 and return its size in bytes."""
    # fontTools takes half a second to import, which every web process would pay at its start.
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = TTFont(source)
    instancer.instantiateVariableFont(font, {"wght": WEB_WEIGHTS}, inplace=True)
    options = subset.Options(
        flavor="woff2", layout_features=WEB_FEATURES, hinting=False, name_IDs=[1, 2, 4, 6, 13]
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=WEB_CHARACTERS)
    subsetter.subset(font)
    _replace(target, lambda path: subset.save_font(font, str(path), options))
    return target.stat().st_size


def build_static_font(source: Path, target: Path, *, weight: int) -> int:
    """Write one fixed weight of the font as TTF for the PDF and return its size in bytes."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = TTFont(source)
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True, updateFontNames=True)
    _replace(target, lambda path: font.save(path))
    return target.stat().st_size


def build_all(build_directory: Path) -> list[Path]:
    """Make what is missing or old under `build_directory`; return the files written (none = up to date)."""
    source = source_file()
    stamp_file = build_directory / "fonts" / "stamp.json"
    stamp = {"recipe": RECIPE, "package": importlib.metadata.version(PACKAGE)}
    web = build_directory / "static" / "fonts" / WEB_NAME
    static = {weight: static_file(build_directory, weight) for weight in STATIC_WEIGHTS}
    is_current = _read_stamp(stamp_file) == stamp
    written = []
    if not (is_current and web.exists()):
        build_web_font(source, web)
        written.append(web)
    for weight, target in static.items():
        if not (is_current and target.exists()):
            build_static_font(source, target, weight=weight)
            written.append(target)
    if written:
        stamp_file.write_text(json.dumps(stamp), encoding="utf-8")
    return written


def static_file(build_directory: Path, weight: int) -> Path:
    """Return where the fixed weight stands (or will stand) under `build_directory`."""
    return build_directory / "fonts" / f"PlusJakartaSans-{STATIC_WEIGHTS[weight]}.ttf"


def _read_stamp(path: Path) -> object:
    """Return what the stamp says, None when it is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _replace(target: Path, write: Callable[[Path], None]) -> None:
    """Write beside the target and rename, so that a stopped run never leaves half a font."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    write(partial)
    partial.replace(target)
