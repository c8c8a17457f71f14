"""What members do with their entry."""

from django.urls import URLPattern, path

from startups.views import owner_edit, owner_entry, owner_members, owner_products

ENTRY = "ruang-kerja/startup/<int:pk>/"
MEMBER = f"{ENTRY}anggota/<int:user_pk>/"
INVITED = f"{ENTRY}undangan/<int:invitation_pk>/"

# Under the root (with and without /en/); write whole paths: "startup/…", "ruang-kerja/…", "akun/…".
urlpatterns: list[URLPattern] = [
    path("startup/undangan/<str:token>/", owner_members.invitation_answer, name="invitation_answer"),
    path(ENTRY, owner_entry.startup_manage, name="startup_manage"),
    path(f"{ENTRY}benar/", owner_entry.startup_confirm, name="startup_confirm"),
    path(f"{ENTRY}alasan/", owner_entry.startup_reason, name="startup_reason"),
    path(f"{ENTRY}riwayat/", owner_entry.startup_history, name="startup_history"),
    path(f"{ENTRY}usulan/jawab/", owner_entry.proposal_answer, name="proposal_answer"),
    path(f"{ENTRY}usulan/tarik/", owner_entry.proposal_withdraw, name="proposal_withdraw"),
    path(f"{ENTRY}tutup/", owner_entry.startup_close, name="startup_close"),
    path(f"{ENTRY}buka-lagi/", owner_entry.startup_reopen, name="startup_reopen"),
    path(f"{ENTRY}sengketa/", owner_entry.dispute_answer, name="dispute_answer"),
    path(f"{ENTRY}setuju/", owner_entry.startup_consent, name="startup_consent"),
    path(f"{ENTRY}tarik/", owner_entry.startup_withdraw, name="startup_withdraw"),
    path(f"{ENTRY}ubah/<slug:part>/", owner_edit.startup_edit, name="startup_edit"),
    path(f"{ENTRY}produk/", owner_products.product_list, name="product_list"),
    path(f"{ENTRY}produk/tambah/", owner_products.product_create, name="product_create"),
    path(f"{ENTRY}produk/<int:product_pk>/", owner_products.product_edit, name="product_edit"),
    path(f"{ENTRY}produk/<int:product_pk>/hapus/", owner_products.product_remove, name="product_remove"),
    path(f"{ENTRY}logo/", owner_products.logo_edit, name="logo_edit"),
    path(f"{ENTRY}logo/hapus/", owner_products.logo_remove, name="logo_remove"),
    path(f"{ENTRY}logo/<int:size>.webp", owner_products.logo_picture, name="logo_picture"),
    path(f"{ENTRY}anggota/", owner_members.member_list, name="member_list"),
    path(f"{MEMBER}peran/", owner_members.member_role, name="member_role"),
    path(f"{MEMBER}hapus/", owner_members.member_remove, name="member_remove"),
    path(f"{MEMBER}serahkan/", owner_members.member_transfer, name="member_transfer"),
    path(f"{INVITED}kirim-lagi/", owner_members.invitation_resend, name="invitation_resend"),
    path(f"{INVITED}batalkan/", owner_members.invitation_revoke, name="invitation_revoke"),
]
