"""Claims and proofs."""

from django.urls import URLPattern, path

from startups.views import claims, proofs, verifications

# Under the root (with and without /en/); write whole paths: "startup/…", "ruang-kerja/…", "akun/…".
urlpatterns: list[URLPattern] = [
    path("startup/<slug:slug>/klaim/", claims.claim_start, name="claim_start"),
    path("startup/<slug:slug>/klaim/<int:pk>/", claims.claim_detail, name="claim_detail"),
    path("startup/<slug:slug>/klaim/<int:pk>/cara/", claims.claim_method, name="claim_method"),
    path("startup/<slug:slug>/klaim/<int:pk>/tarik/", claims.claim_withdraw, name="claim_withdraw"),
    path("ruang-kerja/bukti/<int:pk>/", proofs.proof_progress, name="proof_progress"),
    path("ruang-kerja/bukti/<int:pk>/periksa/", proofs.proof_check, name="proof_check"),
    path("ruang-kerja/bukti/<int:pk>/kode/", proofs.proof_code, name="proof_code"),
    path(
        "ruang-kerja/startup/<int:pk>/verifikasi/",
        verifications.verification_detail,
        name="verification_detail",
    ),
    path(
        "ruang-kerja/startup/<int:pk>/verifikasi/beri/",
        verifications.verification_grant,
        name="verification_grant",
    ),
    path(
        "ruang-kerja/startup/<int:pk>/verifikasi/<int:verification>/cabut/",
        verifications.verification_revoke,
        name="verification_revoke",
    ),
]
