"""An entry in schema.org's words, made from the public record alone."""

from typing import Any

from django.utils.safestring import SafeString

from malangkraf.structured_data import data_block
from startups.models import Startup

PRODUCT_TYPES = {
    "app": "SoftwareApplication",
    "game": "VideoGame",
    "device": "Product",
    "work": "CreativeWork",
}
TEAM_RANGES = {
    "1": (1, 1),
    "2-5": (2, 5),
    "6-10": (6, 10),
    "11-25": (11, 25),
    "26-50": (26, 50),
    "51+": (51, None),
}


def json_ld(record: dict[str, Any], *, page: str, logo: str, names: dict[str, list[str]]) -> SafeString:
    """Return the JSON-LD of a public record, safe inside a data block.

    `page` and `logo` are whole addresses; `names` gives the words for the record's services, technologies, subsectors.
    """
    organization = {
        "@type": "Organization",
        "@id": f"{page}#entri",
        "name": record["name"],
        "alternateName": _parts(record["alternate_names"]),
        "legalName": record["legal_name"],
        "description": record["summary"],
        "url": record["website"] or page,
        "mainEntityOfPage": page,
        "sameAs": [link["url"] for link in record["links"]],
        "logo": logo,
        "foundingDate": record["founded"],
        "dissolutionDate": record["closed_on"],
        "address": _address(record),
        "location": _location(record),
        "numberOfEmployees": _team(record["team_band"]),
        "keywords": names["subsectors"],
        "knowsAbout": names["technologies"],
        "makesOffer": [
            {"@type": "Offer", "itemOffered": {"@type": "Service", "name": name}}
            for name in names["services"]
        ],
    }
    if record["is_sample"]:
        organization["disambiguatingDescription"] = "Contoh: entri rekaan. Sample: an invented entry."
    products = [_product(product, f"{page}#entri") for product in record["products"]]
    graph = {"@context": "https://schema.org", "@graph": [_filled(organization), *products]}
    return data_block(graph)


def names_of(startup: Startup) -> dict[str, list[str]]:
    """Return the Indonesian words of the entry's codes; no query when its parts are loaded."""
    return {
        "subsectors": [row.subsector.name for row in startup.subsector_rows.all()],
        "services": [service.name for service in startup.services.all()],
        "technologies": [technology.name for technology in startup.technologies.all()],
    }


def _address(record: dict[str, Any]) -> dict[str, Any]:
    parts = [record["street"], record["kelurahan_name"], record["kecamatan_name"]]
    return {
        "@type": "PostalAddress",
        "streetAddress": ", ".join(part for part in parts if part),
        "addressLocality": "Kota Malang",
        "addressRegion": "Jawa Timur",
        "addressCountry": "ID",
    }


def _location(record: dict[str, Any]) -> dict[str, Any] | None:
    """Return the place, only when the owner shows the exact one."""
    if record["point_precision"] != Startup.PointPrecision.EXACT:
        return None
    geo = {"@type": "GeoCoordinates", "latitude": record["latitude"], "longitude": record["longitude"]}
    return {"@type": "Place", "geo": geo}


def _team(band: str) -> dict[str, Any] | None:
    if not band:
        return None
    low, high = TEAM_RANGES[band]
    return _filled({"@type": "QuantitativeValue", "minValue": low, "maxValue": high})


def _product(product: dict[str, Any], maker: str) -> dict[str, Any]:
    return _filled(
        {
            "@type": PRODUCT_TYPES[product["kind"]],
            "name": product["title"],
            "description": product["summary"],
            "url": product["url"],
            "releaseDate" if product["kind"] == "device" else "datePublished": str(product["year"] or ""),
            "manufacturer" if product["kind"] == "device" else "creator": {"@id": maker},
        }
    )


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values without what is empty."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}
