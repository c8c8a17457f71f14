"""The fonts are small, hold every sign that the pages print, and are made once."""

from pathlib import Path

from fontTools.ttLib import TTFont

from malangkraf import fonts

# ✓ is not in the typeface; the pages draw it as an icon instead.
NOT_IN_THE_TYPEFACE = {"✓"}


def test_the_web_font_is_small_and_has_every_sign_and_weight(tmp_path: Path):
    target = tmp_path / "font.woff2"
    assert fonts.build_web_font(fonts.source_file(), target) <= fonts.WEB_LIMIT
    font = TTFont(target)
    missing = {sign for sign in fonts.SIGNS if ord(sign) not in font.getBestCmap()}
    assert missing <= NOT_IN_THE_TYPEFACE
    (axis,) = font["fvar"].axes
    assert (axis.axisTag, axis.minValue, axis.maxValue) == ("wght", *fonts.WEB_WEIGHTS)
    assert list(tmp_path.iterdir()) == [target]


def test_files_are_made_once_and_only_what_is_missing_again(tmp_path: Path):
    assert len(fonts.build_all(tmp_path)) == 1 + len(fonts.STATIC_WEIGHTS)
    assert fonts.build_all(tmp_path) == []
    bold = fonts.static_file(tmp_path, 700)
    assert TTFont(bold)["OS/2"].usWeightClass == 700
    bold.unlink()
    assert fonts.build_all(tmp_path) == [bold]


def test_a_damaged_stamp_only_means_that_everything_is_made_again(tmp_path: Path):
    fonts.build_all(tmp_path)
    (tmp_path / "fonts" / "stamp.json").write_text("{", encoding="utf-8")
    assert len(fonts.build_all(tmp_path)) == 1 + len(fonts.STATIC_WEIGHTS)
