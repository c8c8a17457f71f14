"""Where the visitors of the walks sit: each walk in both languages and at both widths.

Pages that strangers open first are walked at all four seats; longer walks at two, one way round or the other.
"""

import pytest

SEATS = [(language, width) for language in ("id", "en") for width in (360, 1280)]
at_every_seat = pytest.mark.parametrize(("language", "width"), SEATS)
indonesian_on_a_phone = pytest.mark.parametrize(("language", "width"), [("id", 360), ("en", 1280)])
english_on_a_phone = pytest.mark.parametrize(("language", "width"), [("id", 1280), ("en", 360)])
