"""What kind of page a web address is: the codes of StartupLink.Kind."""

from startups.rules.domains import domain_of

_HOSTS = {
    "instagram.com": "instagram",
    "linkedin.com": "linkedin",
    "facebook.com": "facebook",
    "youtube.com": "youtube",
    "youtu.be": "youtube",
    "tiktok.com": "tiktok",
    "github.com": "github",
    "itch.io": "itch",
    "steampowered.com": "steam",
    "steamcommunity.com": "steam",
    "play.google.com": "play_store",
    "apps.apple.com": "app_store",
}


def link_kind(address: str) -> str:
    """Return which kind of page a web address is, "other" for an unknown one."""
    host = domain_of(address)
    for known, kind in _HOSTS.items():
        if host == known or host.endswith(f".{known}"):
            return kind
    return "other"
