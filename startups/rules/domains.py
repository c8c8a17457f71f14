"""The domain that a web address or mailbox stands for, and the domains that many share."""

from urllib.parse import urlsplit

# Many people have a page or a mailbox there: having the same one says nothing about being the same.
SHARED_DOMAINS = frozenset(
    {
        "apps.apple.com", "appspot.com", "artstation.com", "azurewebsites.net", "beacons.ai", "behance.net",
        "bio.link", "bit.ly", "bitbucket.org", "blibli.com", "blogspot.com", "bukalapak.com", "business.site",
        "campsite.bio", "canva.site", "carrd.co", "deviantart.com", "discord.com", "discord.gg", "dribbble.com",
        "epicgames.com", "etsy.com", "facebook.com", "fb.com", "fb.me", "firebaseapp.com", "fiverr.com", "flow.page",
        "forms.gle", "framer.website", "g.co", "g.page", "gamejolt.com", "gitbook.io", "github.com", "github.io",
        "gitlab.io", "glints.com", "goo.gl", "google.com", "gumroad.com", "herokuapp.com", "heylink.me",
        "huggingface.co", "instagr.am", "instagram.com", "itch.io", "kaggle.com", "karyakarsa.com", "kickstarter.com",
        "kitabisa.com", "ko-fi.com", "lazada.co.id", "linkedin.com", "linkin.bio", "linktr.ee", "lynk.id", "m.me",
        "medium.com", "msha.ke", "myshopify.com", "mystrikingly.com", "netlify.app", "newgrounds.com", "notion.site",
        "notion.so", "onrender.com", "pages.dev", "patreon.com", "pinterest.com", "s.id", "shopee.co.id",
        "shopee.com", "shorturl.at", "solo.to", "soundcloud.com", "spotify.com", "sribu.com", "steamcommunity.com",
        "steampowered.com", "substack.com", "surge.sh", "t.me", "taplink.cc", "telegram.me", "threads.net",
        "tiktok.com", "tinyurl.com", "tokopedia.com", "twitter.com", "upwork.com", "vercel.app", "vimeo.com",
        "wa.link", "wa.me", "wattpad.com", "web.app", "webflow.io", "webtoons.com", "weebly.com", "wixsite.com",
        "wordpress.com", "x.com", "youtu.be", "youtube.com",
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
