"""Products of an entry: added, changed and removed one by one; each change can be taken back by a coordinator."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from ecosystem.models import User
from startups.models import Product, Startup
from startups.services import changes, values

MOST_PRODUCTS = 30


class TooManyProducts(changes.ChangeRefused):
    """The entry has as many products as one may have."""


class ProductChanged(changes.ChangeRefused):
    """Somebody changed or removed the product after the page was opened."""


@transaction.atomic
def save_product(
    startup_id: int, product_id: int | None, *, user: User, wanted: Mapping[str, Any], seen: str = ""
) -> Product:
    """Add a product, or change one, and return it; the same product typed twice in a row is added once.

    `seen` is the mark of what the page showed. Raise TooManyProducts, ProductChanged or changes.Locked.
    """
    startup = changes.lock_for_change(startup_id)
    product = _found(startup, product_id, seen=seen, wanted=wanted) if product_id else None
    if product is None:
        same = startup.products.filter(**wanted).first()
        if same:
            return same
        if startup.products.count() >= MOST_PRODUCTS:
            raise TooManyProducts
        product = Product(startup=startup)
    before = {"products": values.public_value(startup, "products")}
    for name, value in wanted.items():
        setattr(product, name, value)
    product.save()
    changes.finish(startup, user=user, before=before, changed=["products"])
    return product


def _found(startup: Startup, product_id: int, *, seen: str, wanted: Mapping[str, Any]) -> Product:
    product = startup.products.filter(pk=product_id).first()
    if product is None:
        raise ProductChanged
    stands = values.product_value(product)
    if values.mark_of(stands) != seen and stands != {**stands, **wanted}:
        raise ProductChanged
    return product


@transaction.atomic
def remove_product(startup_id: int, product_id: int, *, user: User) -> None:
    """Remove a product; nothing happens when it is gone already. Raise changes.Locked."""
    startup = changes.lock_for_change(startup_id)
    before = {"products": values.public_value(startup, "products")}
    removed, _by_model = startup.products.filter(pk=product_id).delete()
    if removed:
        changes.finish(startup, user=user, before=before, changed=["products"])
