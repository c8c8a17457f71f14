"""Member lists: read by line, checked, applied once as unclaimed drafts, invited in batches; by coordinators only."""

import io
import json
from concurrent.futures import ThreadPoolExecutor

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from ecosystem.models import OutgoingMail
from startups.importing import batches
from startups.models import ImportBatch, ImportedEntry, Invitation, SearchEntry, Startup
from startups.tasks import read_member_list, sweep_member_lists
from tests.ecosystem.factories import KelurahanFactory, SubsectorFactory, UserFactory
from tests.roadmap.import_files import encrypted_workbook
from tests.startups.factories import StartupFactory

pytestmark = pytest.mark.django_db

HEADING = "nama,jenis,ringkasan,subsektor,kelurahan,situs,surel,berdiri\n"
GOOD = "Warung Uji,Studio gim,Membuat gim uji.,Aplikasi,Bareng,warung-uji.test,halo@warung-uji.test,2019\n"


@pytest.fixture(autouse=True)
def code_lists():
    SubsectorFactory(code="aplikasi", name="Aplikasi")
    KelurahanFactory(code="35.73.02.1009", name="Bareng")


@pytest.fixture
def coordinator(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return UserFactory(roles=["coordinator"])


@pytest.fixture
def browser(client, coordinator):
    client.force_login(coordinator)
    return client


def read_batch(coordinator, text=HEADING + GOOD):
    """Keep a list and read it as the worker does."""
    batch = ImportBatch(file_name="anggota.csv", created_by=coordinator)
    batch.file.save("anggota.csv", ContentFile(text.encode()), save=False)
    batch.save()
    batches.read(batch.pk)
    batch.refresh_from_db()
    return batch


def apply_batch(coordinator, text=HEADING + GOOD):
    batch = read_batch(coordinator, text)
    batches.apply(batch.pk)
    batch.refresh_from_db()
    return batch


# --- reading ----------------------------------------------------------------------------------------------


def test_a_line_is_read_with_indonesian_headings_and_labels(coordinator):
    batch = read_batch(coordinator)
    assert batch.state == "read"
    [row] = batch.rows
    assert row["problems"] == [] and row["decision"] == "create" and row["line"] == 2
    assert row["values"] == {
        "name": "Warung Uji", "kind": "game_studio", "summary": "Membuat gim uji.", "description": "",
        "legal_name": "", "subsector": "aplikasi", "kecamatan": "", "kelurahan": "35.73.02.1009",
        "website": "https://warung-uji.test", "email": "halo@warung-uji.test", "founded": "2019-01-01",
    }  # fmt: skip


def test_a_workbook_is_read_as_well(coordinator):
    book = openpyxl.Workbook()
    book.active.append(["name", "kind", "founded"])
    book.active.append(["Studio Lembar", "startup", 2020])
    target = io.BytesIO()
    book.save(target)
    [row] = batches.read_rows(target.getvalue())
    assert (row["values"]["name"], row["values"]["founded"]) == ("Studio Lembar", "2020-01-01")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",startup,,,,,,", "no_name"),
        ("!!!,startup,,,,,,", "no_name"),
        ("A Uji,pabrik,,,,,,", "unknown_kind"),
        ("A Uji,startup,,Pertanian,,,,", "unknown_subsector"),
        ("A Uji,startup,,,Batu,,,", "unknown_place"),
        ("A Uji,startup,,,,javascript:alert(1),,", "bad_website"),
        ("A Uji,startup,,,,,bukan surel,", "bad_email"),
        ("A Uji,startup,,,,,,1802", "bad_year"),
        ("A Uji,startup,,,,,,20²0", "bad_year"),
        (f"{'a' * 10_000},startup,,,,,,", "too_long"),
    ],
)
def test_a_mistake_is_named_and_the_line_stays_out(coordinator, line, code):
    [row] = read_batch(coordinator, f"{HEADING}{line}\n").rows
    assert [problem["code"] for problem in row["problems"]] == [f"member.{code}"]
    assert row["decision"] == "skip"


def test_the_same_name_twice_in_a_file_is_named(coordinator):
    rows = read_batch(coordinator, HEADING + GOOD + GOOD.lower()).rows
    assert rows[1]["problems"][0] == {"column": "name", "code": "member.twice", "params": {"line": 2}}


def test_what_the_directory_has_already_is_matched_and_left_out(coordinator):
    known = StartupFactory(name="Warung Uji")
    [row] = read_batch(coordinator).rows
    assert row["matches"][0]["id"] == known.pk and row["decision"] == "skip"


@pytest.mark.parametrize("content", ["", "nama\nA\n", "name,kind\n", '"name,kind\n'])
def test_a_file_that_is_no_list_says_why(coordinator, content):
    batch = read_batch(coordinator, content)
    assert batch.state == "failed" and batches.error_of(batch)


def test_too_many_rows_are_refused(coordinator, monkeypatch):
    monkeypatch.setattr(batches, "MOST_ROWS", 1)
    assert read_batch(coordinator, HEADING + GOOD + "B Uji,startup,,,,,,\n").state == "failed"


def test_a_list_that_kills_its_reader_is_parked_after_three_tries(coordinator, monkeypatch):
    batch = ImportBatch(file_name="x", created_by=coordinator)
    batch.file.save("x.csv", ContentFile(b"x"), save=False)
    batch.save()

    def killed(_content):
        raise SystemExit

    monkeypatch.setattr(batches, "read_rows", killed)
    for _try in range(3):
        with pytest.raises(SystemExit):
            batches.read(batch.pk)
    batches.read(batch.pk)
    batch.refresh_from_db()
    assert batch.state == "failed"
    assert batches.unread() == []


def test_the_sweep_wakes_a_worker_for_what_nobody_read(coordinator, monkeypatch):
    batch = ImportBatch.objects.create(file_name="x", created_by=coordinator, file="x.csv")
    woken = []
    monkeypatch.setattr(read_member_list, "delay", woken.append)
    sweep_member_lists()
    assert woken == [batch.pk]


# --- applying ---------------------------------------------------------------------------------------------


def test_applying_makes_unclaimed_drafts_that_nobody_sees(coordinator, client):
    apply_batch(coordinator)
    startup = Startup.objects.get(name="Warung Uji")
    assert (startup.lifecycle, startup.claim, startup.source) == ("draft", "unclaimed", "imported")
    assert startup.website_domain == "warung-uji.test" and startup.kecamatan.name == "Klojen"
    assert not SearchEntry.objects.exists() and not startup.contacts.exists()
    assert client.get(reverse("startups:startup_detail", args=[startup.slug])).status_code == 404


def test_a_second_apply_is_refused_and_makes_nothing(coordinator):
    batch = apply_batch(coordinator)
    with pytest.raises(batches.BatchConflict):
        batches.apply(batch.pk)
    assert Startup.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_set_of_drafts(coordinator):
    batch = read_batch(coordinator)

    def press(_number):
        try:
            return batches.apply(batch.pk)
        except batches.BatchConflict:
            return "late"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2)), key=str) == [1, "late"]
    assert Startup.objects.count() == 1


def test_only_ticked_lines_become_drafts_and_a_wrong_line_never_does(coordinator):
    batch = read_batch(coordinator, HEADING + GOOD + "B Uji,pabrik,,,,,,\nC Uji,startup,,,,,,\n")
    batches.decide(batch.pk, {2: "skip", 3: "create", 4: "create", 99: "create"})
    assert batches.apply(batch.pk) == 1
    assert list(Startup.objects.values_list("name", flat=True)) == ["C Uji"]


def test_invitations_go_out_in_batches_and_once_each(coordinator, monkeypatch):
    lines = "".join(f"Studio {number},startup,,,,,s{number}@uji.test,\n" for number in range(5))
    batch = apply_batch(coordinator, HEADING + lines)
    monkeypatch.setattr(batches, "INVITATIONS", 2)
    assert [batches.invite_next(batch.pk, by=coordinator) for _ in range(4)] == [2, 2, 1, 0]
    assert Invitation.objects.count() == OutgoingMail.objects.count() == 5
    assert not ImportedEntry.objects.filter(invited_at=None).exists()


def test_the_invitation_says_who_invites_and_where_the_address_is_from(coordinator):
    batch = apply_batch(coordinator)
    batches.invite_next(batch.pk, by=coordinator)
    text = OutgoingMail.objects.get().text
    assert "Stasion" in text and "komunitas Anda" in text
    assert "seseorang" not in text


def test_publishing_takes_the_complete_ones_as_unclaimed_entries(coordinator):
    batch = apply_batch(coordinator, HEADING + GOOD + "Kurang Lengkap,startup,,,,,,\n")
    assert batches.publish_complete(batch.pk) == 1
    assert batches.publish_complete(batch.pk) == 0
    startup = Startup.objects.get(lifecycle="published")
    assert (startup.name, startup.claim) == ("Warung Uji", "unclaimed")


# --- pages ------------------------------------------------------------------------------------------------


def post(browser, name, batch, **data):
    return browser.post(reverse(f"startups:import_{name}", args=[batch.pk]), data, follow=True)


def test_the_way_of_a_list_through_the_pages(browser, coordinator, django_capture_on_commit_callbacks):
    upload = SimpleUploadedFile("anggota.csv", (HEADING + GOOD).encode())
    with django_capture_on_commit_callbacks():
        answer = browser.post(reverse("startups:import_list"), {"file": upload})
    batch = ImportBatch.objects.get()
    assert answer.url == reverse("startups:import_detail", args=[batch.pk])
    assert "sedang dibaca" in browser.get(answer.url).content.decode()
    read_member_list(batch.pk)
    assert "Warung Uji" in browser.get(answer.url).content.decode()
    assert "Pilihan tersimpan" in post(browser, "decide", batch, line="2", create="2").content.decode()
    assert "1 draf tanpa pemilik dibuat" in post(browser, "apply", batch).content.decode()
    assert "1 undangan sedang dikirim" in post(browser, "invite", batch).content.decode()
    assert "1 entri terbit" in post(browser, "publish", batch).content.decode()


def test_a_reader_finds_the_known_kinds_in_their_own_language(browser, coordinator):
    batch = read_batch(coordinator, HEADING + "B Uji,pabrik,,,,,,\n")
    address = reverse("startups:import_detail", args=[batch.pk])
    assert "Studio gim, " in browser.get(address).content.decode()
    assert "Game studio, " in browser.get(f"/en{address}").content.decode()


def test_a_step_that_comes_too_late_says_so(browser, coordinator):
    batch = apply_batch(coordinator)
    assert "ada yang lebih dulu" in post(browser, "apply", batch).content.decode()
    assert "ada yang lebih dulu" in post(browser, "discard", batch).content.decode()
    assert ImportBatch.objects.get().state == "applied"


def test_the_file_goes_once_it_was_read_and_the_rows_once_they_were_applied(coordinator):
    batch = ImportBatch(file_name="anggota.csv", created_by=coordinator)
    batch.file.save("anggota.csv", ContentFile((HEADING + GOOD).encode()))
    storage, name = batch.file.storage, batch.file.name
    batches.read(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, str(batch.file)) == ("read", "")
    assert not storage.exists(name)
    batches.apply(batch.pk)
    assert ImportBatch.objects.get().rows == []


def test_a_deleted_list_leaves_no_file(browser, coordinator, django_capture_on_commit_callbacks):
    batch = ImportBatch(file_name="anggota.csv", created_by=coordinator)
    batch.file.save("anggota.csv", ContentFile((HEADING + GOOD).encode()))
    storage, name = batch.file.storage, batch.file.name
    with django_capture_on_commit_callbacks(execute=True):
        post(browser, "discard", batch)
    batch.refresh_from_db()
    assert (batch.state, batch.rows, str(batch.file)) == ("discarded", [], "")
    assert not storage.exists(name)


@pytest.mark.parametrize("content", [b"%PDF-1.7 %%EOF", b"", b"\x89PNG\r\n\x1a\nx"])
def test_another_kind_of_file_is_refused_beside_the_field(browser, content):
    answer = browser.post(reverse("startups:import_list"), {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 400 and "error" in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_the_pages_ask_the_same_number_of_queries_for_more_lines(
    browser, coordinator, django_assert_max_num_queries
):
    lines = "".join(f"Studio {number},startup,,,,,s{number}@uji.test,\n" for number in range(60))
    read_batch(coordinator)
    batch = read_batch(coordinator, HEADING + lines)
    with django_assert_max_num_queries(12):
        browser.get(reverse("startups:import_list"))
    with django_assert_max_num_queries(12):
        browser.get(reverse("startups:import_detail", args=[batch.pk]))
    batches.apply(batch.pk)
    with django_assert_max_num_queries(14):
        browser.get(reverse("startups:import_detail", args=[batch.pk]))


def test_the_empty_list_can_be_read_back(browser):
    content = browser.get(reverse("startups:import_template")).content
    batch = batches.read_rows(content + b"Studio Baru,startup,,,,,,,,,\r\n")
    assert batch[0]["values"]["name"] == "Studio Baru"


def test_an_administrator_does_not_publish_a_list_alone(client_for, admin_user, coordinator):
    batch = apply_batch(coordinator, HEADING + GOOD)
    answer = post(client_for(admin_user), "publish", batch)
    assert "Administrator tidak menerbitkan sendirian" in answer.content.decode()
    assert not Startup.objects.filter(lifecycle="published").exists()


def test_a_list_with_a_password_says_so(coordinator):
    batch = ImportBatch(file_name="anggota.xlsx", created_by=coordinator)
    batch.file.save("anggota.xlsx", ContentFile(encrypted_workbook()), save=False)
    batch.save()
    batches.read(batch.pk)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.FAILED
    assert json.loads(batch.error)[0] == "password"
