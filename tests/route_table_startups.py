"""The directory's part of tests/route_table.py: who may open and send to each of its addresses."""

from tests.route_table import (  # noqa: F401
    ADMIN,
    COORDINATOR,
    EDITOR,
    EVERYBODY,
    OWNER,
    SIGNED_IN,
    Route,
    button,
    form,
    page,
)

COORDINATORS = frozenset({COORDINATOR, ADMIN})
# Of the world's entries: world.startup (published) and world.draft_startup.
MEMBERS = frozenset({OWNER, EDITOR, COORDINATOR, ADMIN})
OWNERS = frozenset({OWNER, COORDINATOR, ADMIN})

REGISTRATION_ROUTES = {
    "startups:registration_start()": page(EVERYBODY),
    "startups:registration_new()": form(SIGNED_IN),
    "startups:registration_similar()": page(SIGNED_IN),
    **{
        f"startups:registration_{name}(pk)": page(frozenset({OWNER}), pk="draft_startup.pk")
        for name in ("resume", "done", "left")
    },
    **{
        f"startups:registration_{name}(pk)": form(frozenset({OWNER}), pk="draft_startup.pk")
        for name in ("send", "delete", "withdraw")
    },
    "startups:registration_step(pk,step)": form(
        frozenset({OWNER}), pk="draft_startup.pk", step="registration_step"
    ),
    "startups:my_startups()": page(SIGNED_IN),
    "startups:startup_status(pk)": page(OWNERS, pk="draft_startup.pk"),
}

SEARCH_ROUTES = {
    **{f"startups:startup_list_{kind}()": page(EVERYBODY) for kind in ("csv", "xlsx", "geojson", "atom")},
    **{f"api:{name}_list()": page(EVERYBODY) for name in ("startup", "service", "technology", "kelurahan")},
    "api:startup_detail(slug)": page(EVERYBODY, slug="startup.slug"),
    "api:service_detail(code)": page(EVERYBODY, code="service.code"),
    "api:technology_detail(code)": page(EVERYBODY, code="technology.code"),
    "api:kelurahan_detail(code)": page(EVERYBODY, code="kelurahan.code"),
}

PUBLIC_ROUTES = {
    "startups:startup_list()": page(EVERYBODY),
    "startups:startup_detail(slug)": page(EVERYBODY, slug="startup.slug"),
    "startups:startup_picture(slug)": page(EVERYBODY, slug="startup.slug"),
    "startups:startup_logo(size,slug)": page(EVERYBODY, slug="startup.slug", size="logo_size"),
    **{
        f"startups:startup_{name}(slug)": form(EVERYBODY, slug="startup.slug")
        for name in ("contact", "report")
    },
    **{
        f"startups:startup_{name}_done(slug)": page(EVERYBODY, slug="startup.slug")
        for name in ("contact", "report")
    },
}

# An account of staff is told that it cannot erase itself: a page too.
OWN_DATA_ROUTES = {
    "startups:freshness_ask(token)": form(EVERYBODY, token="freshness_token"),
    "startups:freshness_list()": page(COORDINATORS),
    "startups:freshness_by_hand(pk)": button(COORDINATORS, pk="startup.pk"),
    "startups:data_overview()": page(SIGNED_IN),
    "startups:data_copy_request()": button(SIGNED_IN),
    "startups:data_copy_progress()": page(SIGNED_IN),
    "startups:data_copy_download(pk)": page(frozenset({OWNER}), pk="data_copy.pk"),
    "startups:data_consent_withdraw(pk)": form(frozenset({OWNER}), pk="consent.pk"),
    "startups:data_request_create()": form(SIGNED_IN),
    "startups:data_erasure()": form(SIGNED_IN),
    "startups:data_erasure_cancel()": button(SIGNED_IN),
    "startups:data_request_list()": page(COORDINATORS),
    "startups:data_request_detail(pk)": form(COORDINATORS, pk="data_request.pk"),
}

MODERATION_ROUTES = {
    "startups:moderation_ledger()": page(EVERYBODY),
    "startups:moderation_ledger_csv()": page(EVERYBODY),
    "startups:moderation_queue()": page(COORDINATORS),
    "startups:moderation_entries()": page(COORDINATORS),
    "startups:moderation_check(pk)": button(COORDINATORS, pk="startup.pk"),
    "startups:moderation_detail(pk)": page(COORDINATORS, pk="moderation_item.pk"),
    "startups:moderation_take(pk)": button(COORDINATORS, pk="moderation_item.pk"),
    "startups:moderation_contacts(pk)": button(COORDINATORS, pk="moderation_item.pk"),
    "startups:moderation_proposal(pk)": button(COORDINATORS, pk="moderation_item.pk"),
    "startups:moderation_decide(decision,pk)": form(
        COORDINATORS, pk="moderation_item.pk", decision="moderation_decision"
    ),
    "startups:pause_list()": form(COORDINATORS),
    "startups:pause_end(pk)": button(COORDINATORS, pk="pause.pk"),
}

STATISTICS_ROUTES = {
    "startups:statistics_detail()": page(EVERYBODY),
    **{f"startups:statistics_{name}csv()": page(EVERYBODY) for name in ("", "months_", "quoted_")},
    **{
        f"startups:snapshot_{name}(month)": page(EVERYBODY, month="stat_snapshot.month")
        for name in ("detail", "csv", "json")
    },
}

# Coordinators are let in to give a reason first; what only a member can say they cannot.
OWNER_ROUTES = {
    "startups:startup_manage(pk)": page(MEMBERS, pk="startup.pk"),
    "startups:startup_confirm(pk)": button(frozenset({OWNER, EDITOR}), pk="startup.pk"),
    "startups:startup_reason(pk)": button(COORDINATORS, pk="startup.pk"),
    "startups:startup_history(pk)": page(MEMBERS, pk="startup.pk"),
    # Contacts and numbers; the other parts are every member's (tests/startups/test_owner_pages.py).
    "startups:startup_edit(part,pk)": form(frozenset({OWNER}), pk="startup.pk", part="entry_part"),
    "startups:startup_consent(pk)": button(frozenset({OWNER}), pk="startup.pk"),
    "startups:dispute_answer(pk)": form(frozenset({OWNER}), pk="startup.pk"),
    "startups:startup_withdraw(pk)": form(frozenset({OWNER}), pk="startup.pk"),
    "startups:product_list(pk)": page(MEMBERS, pk="startup.pk"),
    "startups:product_create(pk)": form(MEMBERS, pk="startup.pk"),
    "startups:product_edit(pk,product_pk)": form(MEMBERS, pk="startup.pk", product_pk="product.pk"),
    "startups:product_remove(pk,product_pk)": form(MEMBERS, pk="startup.pk", product_pk="product.pk"),
    "startups:logo_edit(pk)": form(MEMBERS, pk="startup.pk"),
    "startups:logo_remove(pk)": form(MEMBERS, pk="startup.pk"),
    "startups:logo_picture(pk,size)": page(MEMBERS, pk="startup.pk", size="logo_size"),
    **{
        f"startups:{name}(pk)": form(OWNERS, pk="startup.pk")
        for name in (
            "proposal_answer",
            "proposal_withdraw",
            "startup_close",
            "startup_reopen",
        )
    },
    "startups:member_list(pk)": Route(MEMBERS, OWNERS, arguments={"pk": "startup.pk"}),
    "startups:member_role(pk,user_pk)": button(OWNERS, pk="startup.pk", user_pk="editor.pk"),
    "startups:member_remove(pk,user_pk)": form(MEMBERS, pk="startup.pk", user_pk="editor.pk"),
    "startups:member_transfer(pk,user_pk)": form(OWNERS, pk="startup.pk", user_pk="editor.pk"),
    **{
        f"startups:invitation_{name}(invitation_pk,pk)": button(
            OWNERS, pk="startup.pk", invitation_pk="invitation.pk"
        )
        for name in ("resend", "revoke")
    },
    "startups:invitation_answer(token)": form(EVERYBODY, token="invitation_token"),
}

# The claimant is the owner of another entry; nobody else learns of the claim.
TRUST_ROUTES = {
    "startups:claim_start(slug)": Route(EVERYBODY, SIGNED_IN, arguments={"slug": "startup.slug"}),
    "startups:claim_detail(pk,slug)": page(frozenset({OWNER}), slug="unclaimed.slug", pk="claim.pk"),
    "startups:claim_method(pk,slug)": button(frozenset({OWNER}), slug="unclaimed.slug", pk="claim.pk"),
    "startups:claim_withdraw(pk,slug)": form(frozenset({OWNER}), slug="unclaimed.slug", pk="claim.pk"),
    "startups:proof_progress(pk)": page(frozenset({OWNER}), pk="proof.pk"),
    "startups:proof_check(pk)": button(frozenset({OWNER}), pk="proof.pk"),
    "startups:proof_code(pk)": button(frozenset({OWNER}), pk="proof.pk"),
    # A coordinator looks at the badge and gives it after a meeting; proofs are the owner's own.
    "startups:verification_detail(pk)": Route(OWNERS, frozenset({OWNER}), arguments={"pk": "startup.pk"}),
    "startups:verification_grant(pk)": button(COORDINATORS, pk="startup.pk"),
    "startups:verification_revoke(pk,verification)": form(
        COORDINATORS, pk="startup.pk", verification="verification.pk"
    ),
}

IMPORT_ROUTES = {
    "startups:import_list()": form(COORDINATORS),
    "startups:import_template()": page(COORDINATORS),
    "startups:import_detail(pk)": page(COORDINATORS, pk="import_batch.pk"),
    **{
        f"startups:import_{step}(pk)": button(COORDINATORS, pk="import_batch.pk")
        for step in ("decide", "apply", "discard", "invite", "publish")
    },
}

STARTUP_ROUTES: dict[str, Route] = {
    **IMPORT_ROUTES,
    **TRUST_ROUTES,
    **OWNER_ROUTES,
    **STATISTICS_ROUTES,
    **PUBLIC_ROUTES,
    **MODERATION_ROUTES,
    **OWN_DATA_ROUTES,
    **SEARCH_ROUTES,
    **REGISTRATION_ROUTES,
}
