"""The domain that a web address or mailbox stands for, and the domains that many share."""

from urllib.parse import urlsplit

# Many people have a page or a mailbox there: having the same one says nothing about being the same.
SHARED_DOMAINS = frozenset(
    {
        "bit.ly", "blogspot.com", "canva.site", "carrd.co", "discord.gg", "facebook.com", "github.com", "github.io",
        "gitlab.io", "glints.com", "goo.gl", "instagram.com", "itch.io", "linkedin.com", "linktr.ee", "lynk.id",
        "medium.com", "myshopify.com", "netlify.app", "notion.site", "pages.dev", "play.google.com", "s.id",
        "shopee.co.id", "sites.google.com", "steampowered.com", "store.steampowered.com", "t.me", "threads.net",
        "tiktok.com", "tokopedia.com", "twitter.com", "vercel.app", "wa.me", "web.app", "weebly.com", "wixsite.com",
        "wordpress.com", "x.com", "youtube.com",
    }
)  # fmt: skip
FREE_MAIL = frozenset(
    {
        "aol.com", "gmail.com", "gmx.com", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com",
        "mail.com", "me.com", "msn.com", "outlook.co.id", "outlook.com", "pm.me", "proton.me", "protonmail.com",
        "rocketmail.com", "tutanota.com", "yahoo.co.id", "yahoo.com", "yandex.com", "ymail.com", "zoho.com",
    }
)  # fmt: skip


def domain_of(address: str) -> str:
    """Return the host of a web address: lower case, ASCII, without "www." and port; "" for none or a wrong one."""
    try:
        host = (urlsplit(address if "//" in address else f"//{address}").hostname or "").rstrip(".")
        host = host.encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError):
        return ""
    return host.removeprefix("www.")[:253]


def domain_of_mailbox(mailbox: str) -> str:
    """Return the domain of an e-mail address in lower case, "" when there is none."""
    return domain_of(mailbox.rpartition("@")[2]) if "@" in mailbox else ""


def is_own(domain: str) -> bool:
    """Return whether a domain tells one actor from others: neither a shared host nor free mail."""
    shared = SHARED_DOMAINS | FREE_MAIL
    return bool(domain) and not any(domain == one or domain.endswith(f".{one}") for one in shared)
