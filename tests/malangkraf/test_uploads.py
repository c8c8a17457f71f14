"""What may be uploaded is decided by what is in the file, and what is kept can be opened by anybody."""

import io
import struct
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from malangkraf.uploads import MAXIMUM_BYTES, UploadError, check_upload
from tests.roadmap.import_files import encrypted_workbook

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def upload(content: bytes, name: str = "bukti.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def picture(kind: str, size=(40, 30), **options) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (200, 60, 40)).save(target, kind, **options)
    return target.getvalue()


def workbook(**extra: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for name, content in extra.items():
            archive.writestr(name, content)
    return target.getvalue()


def refusal(content: bytes, name: str = "bukti.pdf") -> str:
    with pytest.raises(UploadError) as caught:
        check_upload(upload(content, name))
    return caught.value.code


@pytest.mark.parametrize(
    ("content", "content_type", "ending"),
    [
        (PDF, "application/pdf", "pdf"),
        (picture("PNG"), "image/png", "png"),
        (picture("JPEG"), "image/jpeg", "jpg"),
        (picture("WEBP"), "image/webp", "webp"),
        (workbook(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        (b"indikator;nilai\nPDRB;8,2\n", "text/csv", "csv"),
        ("﻿kode,nilai\nA,1\n".encode(), "text/csv", "csv"),
        ("kode,nama\nA,Singosari é\n".encode("cp1252"), "text/csv", "csv"),
    ],
)
def test_the_accepted_kinds_are_known_by_their_content_whatever_the_name(content, content_type, ending):
    checked = check_upload(upload(content, "../../etc/passwd.exe"))
    assert checked.content_type == content_type
    assert checked.name.endswith(f".{ending}")
    assert "passwd" not in checked.name
    assert len(checked.sha256) == 64


def test_two_uploads_of_one_file_get_different_names_and_the_same_hash():
    first, second = check_upload(upload(PDF)), check_upload(upload(PDF))
    assert first.name != second.name
    assert first.sha256 == second.sha256


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00\x03", "unknown_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "unknown_kind"),
        (b"  <!doctype html><p>a,b</p>", "unknown_kind"),
        (b"just words without a table", "unknown_kind"),
        (b"a,b\n1,2\x00\n", "unknown_kind"),
        (b"%PDF-1.7 cut off", "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "broken"),
        (picture("JPEG")[:200], "broken"),
        (b"PK\x03\x04 no archive", "broken"),
        (b"GIF89a" + b"\x01" * 40, "unknown_kind"),
    ],
)
def test_other_content_is_refused_with_a_reason(content, code):
    assert refusal(content, "gambar.png") == code


def test_a_file_above_ten_megabytes_is_refused_before_it_is_read():
    assert refusal(PDF + b" " * MAXIMUM_BYTES) == "too_big"


def test_a_picture_above_16_megapixels_is_refused_from_its_header_alone():
    header = picture("PNG", (10, 10))
    # The width and height in the header say 20,000 × 20,000; there are no pixels to decode behind it.
    bomb = header[:16] + (20_000).to_bytes(4, "big") * 2 + header[24:]
    bomb = bomb[:29] + zlib.crc32(bomb[12:29]).to_bytes(4, "big") + bomb[33:]
    assert refusal(bomb, "foto.png") == "too_many_pixels"
    assert refusal(picture("PNG", (4001, 4000)), "foto.png") == "too_many_pixels"


def test_the_metadata_and_whatever_hides_behind_the_pixels_is_gone():
    exif = Image.Exif()
    exif[0x010E] = "RAHASIA koordinat rumah"
    content = picture("JPEG", exif=exif) + b"<script>RAHASIA</script>"
    assert b"RAHASIA" in content
    checked = check_upload(upload(content, "foto.jpg"))
    assert b"RAHASIA" not in checked.content
    note = PngInfo()
    note.add_text("Comment", "RAHASIA")
    assert b"RAHASIA" not in check_upload(upload(picture("PNG", pnginfo=note))).content


def test_a_turned_photo_is_stored_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    checked = check_upload(upload(picture("JPEG", (40, 30), exif=exif)))
    assert Image.open(io.BytesIO(checked.content)).size == (30, 40)


def test_workbooks_with_macros_and_zip_bombs_are_refused():
    assert refusal(workbook(**{"xl/vbaProject.bin": b"x"})) == "macros"
    assert refusal(workbook(**{"xl/worksheets/sheet1.xml": b"0" * (21 * 1024 * 1024)})) == "bomb"
    assert refusal(workbook(**{"xl/worksheets/sheet1.xml": b"0" * (5 * 1024 * 1024)})) == "bomb"
    assert refusal(workbook(**{f"xl/part{number}.xml": b"x" for number in range(200)})) == "bomb"
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("catatan.txt", "bukan buku kerja")
    assert refusal(plain.getvalue()) == "unknown_kind"


def test_an_old_workbook_and_one_with_a_password_are_refused_by_name():
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) == "old_office"
    assert refusal(encrypted_workbook()) == "password"


def test_camera_data_that_contradict_themselves_are_a_damaged_picture():
    tags = struct.pack(">HHHIHH", 2, 0x0112, 3, 1, 6, 0)  # turned by 90 degrees
    tags += struct.pack(">HHIf", 0x010E, 11, 1, 1.5)  # a description that is a number
    content = picture("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08" + tags + b"\0" * 40)
    assert refusal(content) == "broken"


def test_a_workbook_that_asks_for_a_version_of_zip_that_does_not_exist_is_damaged():
    content = bytearray(workbook())
    content[content.index(b"PK\x01\x02") + 6] = 180
    assert refusal(bytes(content)) == "broken"
