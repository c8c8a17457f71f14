"""The settings' part of tests/route_table.py: what a facility's managers set up, and who reports its progress."""

from tests.route_table import ADMIN, FACILITY_MANAGER, MANAGERS, PLANNER, SIGNED_IN, Route

# Others do not learn that a facility has such pages.
REPORTERS = frozenset({PLANNER, FACILITY_MANAGER, ADMIN})
SLUG = {"slug": "facility.slug"}
SPACE = SLUG | {"space": "space.slug"}


def hidden_page(who=MANAGERS, **arguments) -> Route:
    return Route(who, None, "404", SLUG | arguments)


def hidden_form(who=MANAGERS, **arguments) -> Route:
    return Route(who, who, "404", SLUG | arguments)


SETTINGS_ROUTES: dict[str, Route] = {
    "ecosystem:hours_list(slug)": hidden_page(),
    "ecosystem:hours_create(slug)": hidden_form(),
    "ecosystem:holiday_apply(slug)": hidden_form(),
    **{f"ecosystem:hours_{verb}(pk,slug)": hidden_form(pk="hours.pk") for verb in ("edit", "remove")},
    "ecosystem:space_list(slug)": hidden_page(),
    "ecosystem:space_create(slug)": hidden_form(),
    "ecosystem:space_edit(slug,space)": hidden_form(**SPACE),
    "ecosystem:space_retire(slug,space)": hidden_form(**SPACE),
    "ecosystem:door_poster(slug,space)": hidden_page(**SPACE),
    "ecosystem:door_token_renew(slug,space)": hidden_form(**SPACE),
    "ecosystem:policy_list(slug)": hidden_page(),
    "ecosystem:policy_create(slug)": hidden_form(),
    "ecosystem:policy_edit(pk,slug)": hidden_form(pk="policy.pk"),
    "ecosystem:policy_remove(pk,slug)": hidden_form(pk="free_policy.pk"),
    "ecosystem:quota_create(slug)": hidden_form(),
    **{f"ecosystem:quota_{verb}(pk,slug)": hidden_form(pk="quota.pk") for verb in ("edit", "remove")},
    "ecosystem:facility_edit(slug)": hidden_form(),
    "ecosystem:photo_list(slug)": hidden_page(),
    "ecosystem:photo_create(slug)": hidden_form(),
    **{f"ecosystem:photo_{verb}(pk,slug)": hidden_form(pk="photo.pk") for verb in ("edit", "remove")},
    "ecosystem:photo_up(pk,slug)": Route(None, MANAGERS, "404", SLUG | {"pk": "photo.pk"}),
    "ecosystem:progress_home()": Route(SIGNED_IN),
    "ecosystem:progress_list(slug)": hidden_page(REPORTERS),
    **{f"ecosystem:{noun}_create(slug)": hidden_form(REPORTERS) for noun in ("progress", "milestone")},
    **{
        f"ecosystem:{noun}_{verb}(pk,slug)": hidden_form(REPORTERS, pk=sample)
        for noun, sample in (("progress", "progress_report.pk"), ("milestone", "milestone.pk"))
        for verb in ("edit", "remove")
    },
}
