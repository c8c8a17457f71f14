"""Logos: drawn anew, square, without metadata; what is no picture is refused in words."""

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from startups.models import ModerationItem, Startup
from startups.rules.decisions import Decision
from startups.services import decisions
from startups.services.decisions import Choice
from tests.startups.factories import StartupFactory

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def startup(founder):
    return StartupFactory(owner=founder)


def picture(size=(300, 100), kind="PNG", **options):
    target = io.BytesIO()
    Image.new("RGB", size, "#d1432b").save(target, kind, **options)
    return target.getvalue()


def with_position():
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (7.0, 58.0, 37.0)
    exif[0x010F] = "Kamera Rahasia"
    return picture(kind="JPEG", exif=exif)


def bomb():
    """A PNG of a few bytes that says it has 20,000 × 20,000 pixels."""
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def upload(client, startup, content, *, alt="Rumah merah", name="logo.png"):
    data = {"logo_alt": alt}
    if content is not None:
        data["picture"] = SimpleUploadedFile(name, content)
    return client.post(reverse("startups:logo_edit", args=[startup.pk]), data)


def contents(startup):
    startup.refresh_from_db()
    found = []
    for file in (startup.logo, startup.logo_small):
        with file.open("rb") as opened:
            found.append(opened.read())
    return found


def stored(startup):
    return [Image.open(io.BytesIO(content)) for content in contents(startup)]


def files(startup):
    return set(default_storage.listdir(f"logos/{startup.uuid.hex}")[1])


def test_a_logo_becomes_two_square_webp_pictures_with_a_margin(startup, founder, client_for):
    assert upload(client_for(founder), startup, picture()).status_code == 302
    large, small = stored(startup)
    assert [(one.format, one.size) for one in (large, small)] == [("WEBP", (192, 192)), ("WEBP", (96, 96))]
    assert large.getpixel((96, 20))[3] == 0, "above the wide picture there is nothing"
    assert large.getpixel((96, 96))[3] == 255
    assert large.getpixel((3, 96))[3] == 0, "a margin on each side"


def test_nothing_that_the_camera_wrote_is_kept(startup, founder, client_for):
    content = with_position()
    assert b"Kamera Rahasia" in content
    upload(client_for(founder), startup, content, name="foto.jpg")
    assert all(b"Kamera" not in one and b"EXIF" not in one for one in contents(startup))
    assert not any(one.getexif() for one in stored(startup))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (SVG, "logo.svg"),
        (SVG, "logo.png"),
        (b'<?xml version="1.0"?>' + SVG, "logo.svg"),
        (bomb(), "logo.png"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "logo.png"),
        (b"%PDF-1.4 \n%%EOF", "logo.pdf"),
        (b"a,b\n1,2\n", "logo.png"),
        (b"", "logo.png"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * (10 * 1024 * 1024 + 1), "logo.png"),
        (None, ""),
    ],
    ids=["svg", "svg-as-png", "xml", "bomb", "broken", "pdf", "csv", "empty", "huge", "none"],
)
def test_what_is_no_picture_is_refused_beside_the_field_and_the_text_is_kept(
    startup, founder, client_for, content, name
):
    answer = upload(client_for(founder), startup, content, name=name)
    assert answer.status_code == 200
    assert "picture" in answer.context["form"].errors
    assert "Rumah merah" in answer.content.decode()
    assert not Startup.objects.get().logo


def test_a_logo_without_a_description_is_refused(startup, founder, client_for):
    answer = upload(client_for(founder), startup, picture(), alt="  ")
    assert "logo_alt" in answer.context["form"].errors
    assert not Startup.objects.get().logo


def test_only_the_description_can_be_changed(startup, founder, client_for):
    client = client_for(founder)
    upload(client, startup, picture())
    startup.refresh_from_db()
    before = str(startup.logo)
    assert upload(client, startup, None, alt="Rumah merah kecil").status_code == 302
    startup.refresh_from_db()
    assert (str(startup.logo), startup.logo_alt) == (before, "Rumah merah kecil")


def test_old_pictures_go_once_nobody_may_take_the_change_back(
    startup, founder, client_for, django_capture_on_commit_callbacks
):
    client = client_for(founder)
    for _number in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            upload(client, startup, picture())
    assert len(files(startup)) == 2, "an open look keeps what was there before it: no logo"
    ModerationItem.objects.update(state="settled")
    with django_capture_on_commit_callbacks(execute=True):
        upload(client, startup, picture())
    assert len(files(startup)) == 4, "the new one, and the one that a coordinator may bring back"


def test_a_coordinator_takes_a_logo_back_and_the_earlier_one_returns(
    startup, founder, coordinator, client_for, django_capture_on_commit_callbacks
):
    client = client_for(founder)
    upload(client, startup, picture())
    ModerationItem.objects.update(state="settled")
    startup.refresh_from_db()
    before = str(startup.logo)
    with django_capture_on_commit_callbacks(execute=True):
        upload(client, startup, picture(size=(50, 50)), alt="Bukan milik kami")
    item = ModerationItem.objects.select_related("startup").get(state="open")
    seen = decisions.seen_of(item)
    decisions.decide(item.pk, Choice(Decision.REVERT, note="Bukan."), by=coordinator, seen=seen)
    startup.refresh_from_db()
    assert (str(startup.logo), startup.logo_alt) == (before, "Rumah merah")
    assert default_storage.exists(before)


def test_members_see_the_logo_of_a_draft_and_others_do_not(founder, make_user, client_for):
    draft = StartupFactory(draft=True, owner=founder)
    client = client_for(founder)
    upload(client, draft, picture())
    url = reverse("startups:logo_picture", args=[draft.pk, 96])
    assert client.get(url)["Content-Type"] == "image/webp"
    assert client.get(reverse("startups:logo_picture", args=[draft.pk, 95])).status_code == 404
    assert client_for(make_user("asing@example.org")).get(url).status_code == 404


def test_a_removed_logo_is_asked_about_first(startup, founder, client_for):
    client, url = client_for(founder), reverse("startups:logo_remove", args=[startup.pk])
    upload(client, startup, picture())
    assert client.get(url).status_code == 200
    startup.refresh_from_db()
    assert startup.logo
    client.post(url)
    startup.refresh_from_db()
    assert (startup.logo.name, startup.logo_alt) == ("", "")
