"""The planners' work: an action, an indicator, its target and value, verified by a second person."""

from playwright.sync_api import expect

from tests.browser.seats import english_on_a_phone, indonesian_on_a_phone

PLANNER = "perencana@demo.malangkraf.test"
OTHER_PLANNER = "perencana-dua@demo.malangkraf.test"
SOURCE = "https://example.org/angka"


def fill(page, **values):
    """Write into the fields of the page's form; a tuple chooses the option at that place."""
    for name, value in values.items():
        field = page.locator(f"main [name={name}]")
        if isinstance(value, int):
            field.select_option(index=value)
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def send(page, selector="main form.form button[type=submit]"):
    """Press the form's first button and wait for the page that follows."""
    with page.expect_navigation():
        page.locator(selector).first.click()


@indonesian_on_a_phone
def test_a_planner_writes_an_action_that_the_public_reads(seat, language, width):
    visitor = seat(language, width, account=PLANNER)
    page = visitor.visit("/ruang-kerja/", "workroom")
    visitor.visit("/ruang-kerja/aksi/", "workroom-actions")
    visitor.visit("/ruang-kerja/aksi/baru/", "action-form")
    send(page)
    expect(page.locator(".error-summary")).to_be_focused()
    visitor.look("action-form-errors")
    slug = f"kelas-gim-{language}-{width}"
    fill(page, programme=1, phase=3, title=slug.replace("-", " "), promise="Kelas gim.", lead_organization=1)
    send(page)
    page = visitor.visit(f"/ruang-kerja/aksi/{slug}/", "action-edit")
    page.locator("main details:has([name=title_en]) summary").click()
    fill(
        page,
        outcome="Kelas dibuka.",
        title_en="Game class",
        promise_en="Game class.",
        outcome_en="It opened.",
    )
    send(page)
    visitor.visit(f"/peta-jalan/aksi/{slug}/")
    expect(page.locator("main")).to_contain_text(visitor.text("Kelas dibuka.", "It opened."))


@english_on_a_phone
def test_a_value_is_entered_compared_verified_and_public(seat, language, width):
    visitor = seat(language, width, account=PLANNER)
    slug = f"uji-{language}-{width}"
    room = f"/ruang-kerja/indikator/{slug}/"
    make_indicator_with_target(visitor, slug)

    page = visitor.visit(f"{room}nilai/2025/", "value-form")
    in_another_window = page.context.new_page()
    in_another_window.goto(page.url)
    enter(in_another_window, "11", "draft")
    with visitor.expecting(409):
        enter(page, "12", "draft")
    expect(page.locator("main table")).to_contain_text("11")
    visitor.look("value-conflict")
    send(page, "main [name=submit]")
    expect(page.locator("main")).not_to_contain_text("error")
    visitor.visit("/ruang-kerja/nilai/?tahun=2025", "value-list")
    visitor.visit(f"{room}nilai/2025/periksa/")
    expect(page.locator("form[action$='/verifikasi/']")).to_have_count(0)

    other = seat(language, width, account=OTHER_PLANNER)
    other.visit("/ruang-kerja/nilai/antrean/", "value-queue")
    other.visit(f"{room}nilai/2025/periksa/", "value-review")
    send(other.page, "form[action$='/verifikasi/'] button")
    public = seat(language, width)
    public.visit(f"/kpi/{slug}/", "new-indicator")
    expect(public.page.get_by_role("row", name="2025").first).to_contain_text("12")
    visitor.visit(f"{room}nilai/2025/riwayat/", "value-history")


def make_indicator_with_target(visitor, slug):
    """Create the indicator through its form and give it a target for 2025."""
    page = visitor.visit("/ruang-kerja/indikator/baru/", "indicator-form")
    fill(
        page, name=slug.replace("-", " "), code=slug.upper()[:20], unit="unit", value_type="count",
        entry_meaning="snapshot", aggregation="last", frequency="year", owner_organization=1, decimals="0",
        definition="Contoh.",
    )  # fmt: skip
    send(page)
    visitor.visit(f"/ruang-kerja/indikator/{slug}/", "indicator-room")
    visitor.visit(f"/ruang-kerja/indikator/{slug}/target/")
    fill(page, period="2025")
    send(page)
    visitor.look("target-form")
    fill(page, value="10")
    send(page)
    expect(page.locator("h1")).to_contain_text(slug.replace("-", " "))


def enter(page, value, button):
    """Write the value with its source and press draft or submit."""
    fill(page, value=value, source_url=SOURCE)
    send(page, f"main [name={button}]")
