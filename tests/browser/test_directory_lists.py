"""A member list: uploaded, read by the worker, checked line by line, applied; then published and invited."""

import re

from playwright.sync_api import expect

from tests.browser.seats import indonesian_on_a_phone
from tests.browser.test_workroom import send

COORDINATOR = "koordinator@demo.malangkraf.test"
# Not alike, or the second list would find the first one's entry.
NAMES = {"id": "Bengkel Wayang Digital", "en": "Cedar Lantern Interactive"}
# Stands in the directory already, as a sample.
KNOWN = "Kopi Data Studio"
HEADINGS = "nama,jenis,ringkasan,subsektor,surel"


@indonesian_on_a_phone
def test_a_member_list_becomes_entries_and_invitations(seat, portal, language, width):
    name, mailbox = NAMES[language], f"daftar-{language}@uji.example"
    lines = (
        HEADINGS,
        f"{name},Studio gim,Membuat gim.,Aplikasi,{mailbox}",
        f"{name},Studio gim,Sama lagi.,Aplikasi,",
        f"Pabrik Uji {language},pabrik,,,",
        f"{KNOWN},Startup,,,",
    )
    coordinator = seat(language, width, account=COORDINATOR)
    page = coordinator.visit("/ruang-kerja/impor-startup/", "member-lists")
    page.locator("main [name=file]").set_input_files(
        {"name": f"anggota-{language}.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    )
    send(page)
    # The page fetches itself again until the worker has read the list.
    first, twice, wrong, known = (page.locator("main tbody tr").nth(place) for place in range(4))
    expect(first).to_contain_text(coordinator.text("Baru", "New"))
    expect(twice).to_contain_text(coordinator.text("Baris 2", "Line 2"))
    expect(wrong).to_contain_text("pabrik")
    expect(known.locator("bdi").last).to_have_text(KNOWN)
    expect(wrong.locator("[name=create]")).to_be_disabled()
    expect(known.locator("[name=create]")).not_to_be_checked()
    coordinator.look("member-list-preview")

    send(page, "form[action$='/terapkan/'] button")
    expect(page.locator(".alert-success")).to_contain_text(coordinator.text("1 draf", "1 unclaimed draft"))
    coordinator.look("member-list-applied")
    send(page, "form[action$='/undang/'] button")
    send(page, "form[action$='/terbitkan/'] button")
    expect(page.locator("main .list")).to_contain_text(name)
    link = portal.wait_for_letter(mailbox, pattern=r"(http\S+/undangan/\S+)")

    guest = seat("id", width)
    guest.visit(f"/startup/{name.lower().replace(' ', '-')}/")
    expect(guest.page.locator("h1")).to_contain_text(name)
    guest.page.goto(link)
    expect(guest.page.locator("main")).to_contain_text(re.compile(name))
