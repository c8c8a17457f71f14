"""Products and logo of an entry, kept by its members."""

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from malangkraf.form_values import compared
from startups.forms.keeping import LogoForm, ProductForm
from startups.models import Product, Startup
from startups.owner_access import for_members, manage_url, person
from startups.services import changes, logos, products, values


def _locked(request: HttpRequest, startup: Startup) -> HttpResponse:
    messages.info(request, _("The entry is being checked, so nothing was changed."))
    return redirect(manage_url(startup))


@require_safe
@for_members
def product_list(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Show the products, each with the way to change or remove it."""
    rows = list(startup.products.all())
    context = {
        "startup": startup,
        "products": rows,
        "most": products.MOST_PRODUCTS,
        "may_add": changes.may_change(startup) and len(rows) < products.MOST_PRODUCTS,
        "may_change": changes.may_change(startup),
    }
    return render(request, "startups/owner/products.html", context)


def _form(product: Product | None, data: Any = None) -> ProductForm:
    if product is None:
        return ProductForm(data)
    shown = values.product_value(product)
    return ProductForm(data, initial=shown | {"seen": values.mark_of(shown)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def product_create(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Add a product."""
    return _product_page(request, startup, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def product_edit(request: HttpRequest, startup: Startup, product_pk: int) -> HttpResponse:
    """Change a product."""
    return _product_page(request, startup, get_object_or_404(Product, pk=product_pk, startup=startup))


def _product_page(request: HttpRequest, startup: Startup, product: Product | None) -> HttpResponse:
    form = _form(product, request.POST if request.method == "POST" else None)
    conflict: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            products.save_product(
                startup.pk,
                product.pk if product else None,
                user=person(request),
                wanted=form.wanted(),
                seen=form.cleaned_data["seen"],
            )
        except changes.Locked:
            return _locked(request, startup)
        except products.TooManyProducts:
            text = _("An entry has at most %(most)s products. Remove one first.")
            form.add_error(None, text % {"most": products.MOST_PRODUCTS})
        except products.ProductChanged:
            product = startup.products.filter(pk=product.pk).first() if product else None
            if product is None:
                messages.info(
                    request, _("This product was removed meanwhile. Add it again if it is missing.")
                )
                return redirect("startups:product_list", startup.pk)
            stands = _form(product)
            conflict = compared(form, stands)
            form = ProductForm(request.POST | {"seen": stands.initial["seen"]})
        else:
            messages.success(request, _("Saved."))
            return redirect("startups:product_list", startup.pk)
    context = {"startup": startup, "product": product, "form": form, "conflict": conflict}
    return render(request, "startups/owner/product.html", context, status=409 if conflict else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def product_remove(request: HttpRequest, startup: Startup, product_pk: int) -> HttpResponse:
    """Ask, then remove a product; removed twice, it is removed once."""
    if request.method == "POST":
        try:
            products.remove_product(startup.pk, product_pk, user=person(request))
        except changes.Locked:
            return _locked(request, startup)
        messages.success(request, _("The product was removed."))
        return redirect("startups:product_list", startup.pk)
    product = get_object_or_404(Product, pk=product_pk, startup=startup)
    context = {"startup": startup, "product": product}
    return render(request, "startups/owner/product_remove.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def logo_edit(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Show the logo in both sizes; take a new one, or another description."""
    shown = {"logo_alt": startup.logo_alt, "logo_alt_en": startup.logo_alt_en}
    is_sent = request.method == "POST"
    form = LogoForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        has_logo=bool(startup.logo),
        initial=shown,
    )
    if is_sent and form.is_valid():
        found = form.cleaned_data
        try:
            logos.store_logo(
                startup.pk,
                found["picture"],
                user=person(request),
                alt=found["logo_alt"],
                alt_en=found["logo_alt_en"],
            )
        except changes.Locked:
            return _locked(request, startup)
        messages.success(request, _("The logo was saved."))
        return redirect("startups:logo_edit", startup.pk)
    context = {"startup": startup, "form": form, "may_change": changes.may_change(startup)}
    return render(request, "startups/owner/logo.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def logo_remove(request: HttpRequest, startup: Startup) -> HttpResponse:
    """Ask, then take the logo off the entry."""
    if request.method == "POST":
        try:
            logos.remove_logo(startup.pk, user=person(request))
        except changes.Locked:
            return _locked(request, startup)
        messages.success(request, _("The logo was removed."))
    elif startup.logo:
        return render(request, "startups/owner/logo_remove.html", {"startup": startup})
    return redirect("startups:logo_edit", startup.pk)


@require_safe
@for_members
def logo_picture(request: HttpRequest, startup: Startup, size: int) -> HttpResponse:
    """Send the logo to its members, also of an entry that is not public."""
    field = startup.logo_small if size == logos.SMALL_SIDE else startup.logo
    if size not in (logos.SIDE, logos.SMALL_SIDE) or not field or not default_storage.exists(str(field)):
        raise Http404
    with field.open("rb") as file:
        return HttpResponse(file.read(), content_type="image/webp")
