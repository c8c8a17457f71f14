"""Who may open and who may send to every address of the portal: the policy of design.md section 11, route by route.

A new route gets a line here, or tests/test_routes.py fails. Keys are the route's name with its arguments.
"""

from dataclasses import dataclass, field

ANONYMOUS, FOUNDER, TASK_FORCE, PLANNER = "anonymous", "founder", "task_force", "planner"
COORDINATOR, FACILITY_MANAGER, ADMIN = "coordinator", "facility_manager", "admin"
# A founder whose entry the table's samples are, an editor of it; "founder" is somebody without an entry.
OWNER, EDITOR = "owner", "editor"
ROLES = (ANONYMOUS, FOUNDER, OWNER, EDITOR, TASK_FORCE, PLANNER, COORDINATOR, FACILITY_MANAGER, ADMIN)

EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY - {ANONYMOUS}
STAFF = SIGNED_IN - {FOUNDER, OWNER, EDITOR}
VALUE_PEOPLE = frozenset({TASK_FORCE, PLANNER, ADMIN})
PLANNERS = frozenset({PLANNER, ADMIN})
ADMINS = frozenset({ADMIN})
NOBODY: frozenset[str] = frozenset()
# Of the world's facility: its manager and administrators. Of the world's bookings: the owner, who booked.
MANAGERS = frozenset({FACILITY_MANAGER, ADMIN})
BOOKERS = frozenset({OWNER})


@dataclass(frozen=True)
class Route:
    """Who may GET it, who may POST to it (None: the method does not exist), and what others get."""

    get: frozenset[str] | None = EVERYBODY
    post: frozenset[str] | None = None
    refusal: str = "403"
    # Where the sample of an argument stands in the world of tests/route_world.py, when its name does not say it.
    arguments: dict[str, str] = field(default_factory=dict)


def form(who: frozenset[str], **arguments: str) -> Route:
    return Route(who, who, arguments=arguments)


def page(who: frozenset[str], **arguments: str) -> Route:
    return Route(who, arguments=arguments)


def button(who: frozenset[str], **arguments: str) -> Route:
    return Route(None, who, arguments=arguments)


PUBLIC_PAGES = {
    "health_live()": page(EVERYBODY),
    "health_ready()": page(EVERYBODY),
    "robots()": page(EVERYBODY),
    "sitemap()": page(EVERYBODY),
    "home()": page(EVERYBODY),
    "search()": page(EVERYBODY),
    "privacy()": page(EVERYBODY),
    "accessibility()": page(EVERYBODY),
    "roadmap:roadmap_detail()": page(EVERYBODY),
    "roadmap:phase_detail(slug)": page(EVERYBODY, slug="phase.slug"),
    "roadmap:programme_detail(slug)": page(EVERYBODY, slug="programme.slug"),
    "roadmap:action_detail(slug)": page(EVERYBODY, slug="action.slug"),
    "roadmap:indicator_list()": page(EVERYBODY),
    "roadmap:indicator_list_csv()": page(EVERYBODY),
    "roadmap:method_detail()": page(EVERYBODY),
    "roadmap:indicator_detail(slug)": page(EVERYBODY, slug="public_indicator.slug"),
    "roadmap:indicator_csv(slug)": page(EVERYBODY, slug="public_indicator.slug"),
    "roadmap:achievement_explain(period,slug)": page(EVERYBODY, slug="public_indicator.slug"),
    "roadmap:report_list()": page(EVERYBODY),
    "roadmap:report_verify()": page(EVERYBODY),
    "roadmap:report_verify_hash(sha256)": page(EVERYBODY, sha256="published_run.sha256"),
    "roadmap:report_detail(slug)": page(EVERYBODY, slug="published_run.report.slug"),
    "roadmap:report_version(number,slug)": page(
        EVERYBODY, slug="published_run.report.slug", number="published_run.number"
    ),
    "roadmap:report_snapshot(number,slug)": page(
        EVERYBODY, slug="published_run.report.slug", number="published_run.number"
    ),
    "roadmap:report_file(number,slug,wanted)": page(
        EVERYBODY, slug="published_run.report.slug", number="published_run.number", wanted="wanted"
    ),
    "roadmap:evidence_download(pk)": page(EVERYBODY, pk="public_evidence.pk"),
    "roadmap:target_document_download(pk)": page(EVERYBODY, pk="public_document.pk"),
}
API = {
    "api:root_detail()": page(EVERYBODY),
    "api:schema_detail()": page(EVERYBODY),
    "api:docs_detail()": page(EVERYBODY),
    **{
        f"api:{name}_list()": page(EVERYBODY)
        for name in (
            "phase",
            "programme",
            "action",
            "indicator",
            "report",
            "subsector",
            "kecamatan",
            "organization",
            "rating_scale",
        )
    },  # fmt: skip
    "api:phase_detail(slug)": page(EVERYBODY, slug="phase.slug"),
    "api:programme_detail(slug)": page(EVERYBODY, slug="programme.slug"),
    "api:action_detail(slug)": page(EVERYBODY, slug="action.slug"),
    "api:indicator_detail(code)": page(EVERYBODY, code="public_indicator.code"),
    "api:report_detail(slug)": page(EVERYBODY, slug="published_run.report.slug"),
    "api:subsector_detail(code)": page(EVERYBODY, code="subsector.code"),
    "api:kecamatan_detail(code)": page(EVERYBODY, code="kecamatan.code"),
    "api:organization_detail(slug)": page(EVERYBODY, slug="organization.slug"),
    "api:rating_scale_detail(code)": page(EVERYBODY, code="scale.code"),
}
# What allauth shows to strangers; some of it sends them on to the sign-in when nothing is under way.
ENTRANCE = {
    "account_login()": form(EVERYBODY),
    "account_logout()": form(EVERYBODY),
    "account_inactive()": page(EVERYBODY),
    "account_signup()": form(EVERYBODY),
    "account_reset_password()": form(EVERYBODY),
    "account_reset_password_done()": page(EVERYBODY),
    "account_reset_password_from_key_done()": page(EVERYBODY),
    "account_reset_password_from_key(key,uidb36)": form(EVERYBODY, key="key", uidb36="uidb36"),
    "account_email_verification_sent()": form(SIGNED_IN),
    "account_confirm_login_code()": form(SIGNED_IN),
    "mfa_authenticate()": form(SIGNED_IN),
    "mfa_login_webauthn()": form(SIGNED_IN),
}
OWN_ACCOUNT = {
    **{
        f"{name}()": form(SIGNED_IN)
        for name in (
            "profile_edit",
            "account_reauthenticate",
            "account_email",
            "account_change_password",
            "account_set_password",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_generate_recovery_codes",
            "mfa_add_webauthn",
        )
    },  # fmt: skip
    "mfa_index()": page(SIGNED_IN),
    # allauth sends who has a passkey, and answered with none, back to the sign-in.
    "mfa_reauthenticate_webauthn()": Route(SIGNED_IN, SIGNED_IN - {PLANNER}, "login"),
    "mfa_list_webauthn()": page(SIGNED_IN),
    # The sample is the planner's: nobody else may know that it exists.
    "mfa_remove_webauthn(pk)": Route(frozenset({PLANNER}), frozenset({PLANNER}), "404", {"pk": "passkey.pk"}),
    "mfa_edit_webauthn(pk)": Route(frozenset({PLANNER}), frozenset({PLANNER}), "404", {"pk": "passkey.pk"}),
    "mfa_deactivate_totp()": Route(frozenset({PLANNER}), frozenset({PLANNER}), "404"),
    "mfa_view_recovery_codes()": Route(frozenset({PLANNER}), None, "404"),
    "mfa_download_recovery_codes()": Route(frozenset({PLANNER}), None, "404"),
}
WORK_ROOM = {
    "style_guide()": page(STAFF),
    "ecosystem:workroom_home()": page(SIGNED_IN),
    "ecosystem:mail_list()": page(ADMINS),
    "ecosystem:mail_retry(pk)": button(ADMINS, pk="parked_mail.pk"),
    **{
        f"workroom:{noun}_{verb}": route
        for noun in ("phase", "programme", "action")
        for verb, route in {
            "list()": page(PLANNERS),
            "create()": form(PLANNERS),
            "edit(slug)": form(PLANNERS, slug=f"{noun}.slug"),
            "publish(slug)": form(PLANNERS, slug=f"{noun}.slug"),
        }.items()
    },
    "workroom:update_create(slug)": form(PLANNERS, slug="action.slug"),
    "workroom:update_edit(pk)": form(PLANNERS, pk="update.pk"),
    "workroom:update_publish(pk)": form(PLANNERS, pk="update.pk"),
    "workroom:indicator_list()": page(VALUE_PEOPLE),
    "workroom:indicator_create()": form(PLANNERS),
    "workroom:indicator_detail(slug)": page(VALUE_PEOPLE),
    "workroom:indicator_edit(slug)": form(PLANNERS),
    "workroom:indicator_supersede(slug)": form(PLANNERS),
    "workroom:indicator_publish(slug)": form(PLANNERS),
    "workroom:indicator_history(slug)": page(VALUE_PEOPLE),
    "workroom:link_create(slug)": form(PLANNERS),
    "workroom:link_remove(pk,slug)": form(PLANNERS, pk="link.pk"),
    "workroom:target_create(slug)": form(PLANNERS),
    "workroom:target_edit(period,slug)": form(PLANNERS),
    "workroom:value_list()": page(VALUE_PEOPLE),
    "workroom:value_create(slug)": form(VALUE_PEOPLE),
    "workroom:value_edit(period,slug)": form(VALUE_PEOPLE, period="draft.period.address"),
    "workroom:value_history(period,slug)": page(VALUE_PEOPLE),
    "workroom:evidence_create(period,slug)": form(VALUE_PEOPLE, period="draft.period.address"),
    "workroom:evidence_remove(pk)": form(VALUE_PEOPLE, pk="draft_evidence.pk"),
    "workroom:value_queue()": page(PLANNERS),
    "workroom:value_review(period,slug)": page(PLANNERS),
    "workroom:value_verify(period,slug)": button(PLANNERS),
    "workroom:value_return(period,slug)": button(PLANNERS),
    "workroom:value_reopen(period,slug)": form(PLANNERS, period="verified.period.address"),
    "workroom:report_run_list()": page(PLANNERS),
    "workroom:report_run_create()": form(PLANNERS),
    "workroom:report_run_detail(pk)": page(PLANNERS, pk="draft_run.pk"),
    "workroom:report_run_progress(pk)": page(PLANNERS, pk="draft_run.pk"),
    "workroom:report_run_publish(pk)": form(PLANNERS, pk="draft_run.pk"),
    "workroom:report_run_discard(pk)": form(PLANNERS, pk="draft_run.pk"),
    "workroom:report_run_retry(pk)": button(PLANNERS, pk="draft_run.pk"),
    "workroom:report_run_correct(pk)": form(PLANNERS, pk="published_run.pk"),
}


def admin(get: frozenset[str] | None, post: frozenset[str] | None = None, **arguments: str) -> Route:
    """Django's admin sends everybody without the right to the portal's sign-in."""
    return Route(get, post, "login", arguments)


# Registered model → where its sample stands, and whether an administrator may delete it.
ADMIN_MODELS = {
    "auth_group": ("group.pk", ADMINS),
    "ecosystem_user": ("founder.pk", NOBODY),
    "ecosystem_organization": ("organization.pk", ADMINS),
    "ecosystem_subsector": ("subsector.pk", ADMINS),
    "ecosystem_kecamatan": ("kecamatan.pk", ADMINS),
    "ecosystem_kelurahan": ("kelurahan.pk", ADMINS),
    "ecosystem_helixactor": ("helix_actor.pk", ADMINS),
    "ecosystem_facilitymanager": ("facility_manager_row.pk", ADMINS),
    "ecosystem_amenity": ("amenity.pk", ADMINS),
    "roadmap_facilitylink": ("facility_link.pk", ADMINS),
    "roadmap_taskforcemembership": ("seat.pk", ADMINS),
    "roadmap_indicatorassignment": ("assignment.pk", ADMINS),
    "startups_servicetype": ("service.pk", ADMINS),
    "startups_technology": ("technology.pk", ADMINS),
    "startups_synonymgroup": ("synonyms.pk", ADMINS),
}
DJANGO_ADMIN = {
    "admin:index()": admin(ADMINS, ADMINS),
    "admin:login()": Route(ADMINS, ADMINS, "403"),
    "admin:logout()": form(SIGNED_IN),  # leads to the portal's own page, or to the admin's start
    "admin:password_change()": admin(ADMINS, ADMINS),
    "admin:password_change_done()": admin(ADMINS),
    "admin:autocomplete()": admin(NOBODY),  # 403 without the names of model and field
    "admin:jsi18n()": admin(ADMINS),
    "admin:view_on_site(content_type_id,object_id)": admin(
        NOBODY, NOBODY, content_type_id="content_type.pk", object_id="organization.pk"
    ),
    "admin:app_list(app_label)": admin(ADMINS, ADMINS, app_label="app_label"),
    "admin:pengelola/(?P<url>.*)$(url)": admin(NOBODY, NOBODY, url="url"),
    "admin:auth_user_password_change(id)": admin(ADMINS, ADMINS, id="founder.pk"),
    # The history can be read, and nothing else.
    "admin:pghistory_events_changelist()": admin(ADMINS, ADMINS),
    "admin:pghistory_events_add()": admin(NOBODY, NOBODY),
    "admin:pghistory_events_history(object_id)": admin(ADMINS, ADMINS, object_id="event_id"),
    "admin:pghistory_events_delete(object_id)": admin(NOBODY, NOBODY, object_id="event_id"),
    "admin:pghistory_events_change(object_id)": admin(ADMINS, NOBODY, object_id="event_id"),
    "admin:pengelola/pghistory/events/<path:object_id>/(object_id)": admin(
        ADMINS, ADMINS, object_id="event_id"
    ),
    **{
        name.format(model=model, path=model.replace("_", "/")): admin(who, who, **arguments)
        for model, (sample, deleters) in ADMIN_MODELS.items()
        for name, who, arguments in (
            ("admin:{model}_changelist()", ADMINS, {}),
            ("admin:{model}_add()", ADMINS, {}),
            ("admin:{model}_history(object_id)", ADMINS, {"object_id": sample}),
            ("admin:{model}_change(object_id)", ADMINS, {"object_id": sample}),
            ("admin:{model}_delete(object_id)", deleters, {"object_id": sample}),
            ("admin:pengelola/{path}/<path:object_id>/(object_id)", ADMINS, {"object_id": sample}),
        )
    },
}

# The parts of the apps; at the end because they use the words above.
from tests.route_table_agenda import AGENDA_ROUTES  # noqa: E402
from tests.route_table_booking import BOOKING_ROUTES  # noqa: E402
from tests.route_table_facilities import FACILITIES_ROUTES  # noqa: E402
from tests.route_table_manager import MANAGER_ROUTES  # noqa: E402
from tests.route_table_settings import SETTINGS_ROUTES  # noqa: E402
from tests.route_table_startups import STARTUP_ROUTES  # noqa: E402

ROUTES: dict[str, Route] = {
    **PUBLIC_PAGES, **API, **ENTRANCE, **OWN_ACCOUNT, **WORK_ROOM, **DJANGO_ADMIN, **STARTUP_ROUTES,
    **FACILITIES_ROUTES, **BOOKING_ROUTES, **MANAGER_ROUTES, **SETTINGS_ROUTES, **AGENDA_ROUTES,
}  # fmt: skip
