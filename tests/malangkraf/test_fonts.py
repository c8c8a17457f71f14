"""The fonts are small, hold every sign that the pages print, and are made once."""

import shutil
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from malangkraf import fonts

# ✓ is not in the typeface; the pages draw it as an icon instead.
NOT_IN_THE_TYPEFACE = {"✓"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    """Every file in an empty folder, and what was said of them."""
    folder = tmp_path_factory.mktemp("fonts")
    return folder, fonts.build_all(folder)


@pytest.fixture
def folder(built: tuple[Path, list[Path]], tmp_path: Path) -> Path:
    """A folder with every file."""
    return shutil.copytree(built[0], tmp_path / "all")


def test_the_web_font_is_small_and_has_every_sign_and_weight(tmp_path: Path):
    target = tmp_path / "font.woff2"
    assert fonts.build_web_font(fonts.source_file(), target) <= fonts.WEB_LIMIT
    font = TTFont(target)
    missing = {sign for sign in fonts.SIGNS if ord(sign) not in font.getBestCmap()}
    assert missing <= NOT_IN_THE_TYPEFACE
    (axis,) = font["fvar"].axes
    assert (axis.axisTag, axis.minValue, axis.maxValue) == ("wght", *fonts.WEB_WEIGHTS)
    assert list(tmp_path.iterdir()) == [target]


def test_files_are_made_once_and_only_what_is_missing_again(built: tuple[Path, list[Path]], folder: Path):
    assert len(built[1]) == 1 + len(fonts.STATIC_WEIGHTS)
    assert fonts.build_all(folder) == []
    bold = fonts.static_file(folder, 700)
    assert TTFont(bold)["OS/2"].usWeightClass == 700
    bold.unlink()
    assert fonts.build_all(folder) == [bold]


def test_a_damaged_stamp_only_means_that_everything_is_made_again(folder: Path):
    (folder / "fonts" / "stamp.json").write_text("{", encoding="utf-8")
    assert len(fonts.build_all(folder)) == 1 + len(fonts.STATIC_WEIGHTS)
