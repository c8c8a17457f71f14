"""Root addresses: Indonesian without a prefix, English under /en/."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from ecosystem.views import accounts
from malangkraf import health, sitemaps
from malangkraf.views import pages, style_guide

handler400 = "malangkraf.views.pages.bad_request"
handler403 = "malangkraf.views.pages.forbidden"
handler404 = "malangkraf.views.pages.not_found"
handler500 = "malangkraf.views.pages.server_error"
handler429 = "ecosystem.views.accounts.too_many_requests"  # allauth asks for it

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("robots.txt", pages.robots, name="robots"),
    path("sitemap.xml", sitemaps.site_map, name="sitemap"),
    path("api/", include("roadmap.api.urls")),
]
urlpatterns += i18n_patterns(
    path("", pages.home, name="home"),
    path("cari/", pages.search, name="search"),
    path("privasi/", pages.privacy, name="privacy"),
    path("aksesibilitas/", pages.accessibility, name="accessibility"),
    path("panduan-gaya/", style_guide.style_guide, name="style_guide"),
    path("akun/profil/", accounts.profile_edit, name="profile_edit"),
    path("akun/", include("allauth.account.urls")),
    path("akun/2fa/", include("allauth.mfa.urls")),
    path("pengelola/", admin.site.urls),
    path("ruang-kerja/", include("roadmap.workroom_urls")),
    path("", include("roadmap.urls")),
    path("", include("ecosystem.urls")),
    path("", include("startups.urls")),
    prefix_default_language=False,
)

if settings.DEBUG:
    from django.conf.urls.static import static

    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
