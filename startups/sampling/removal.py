"""Remove every sample, with all that belongs to it."""

from functools import partial

import pgtrigger
from django.apps import apps
from django.db import transaction
from django.db.models import Q

from ecosystem.models import User
from malangkraf import page_cache
from startups.models import ImportedEntry, Startup, StatSnapshot, Tombstone
from startups.sampling.load import KEEPER


@transaction.atomic
def remove_samples() -> int:
    """Delete the sample entries, their history, pictures and sample months; return how many entries there were."""
    samples = Startup.objects.filter(is_sample=True)
    ids = list(samples.values_list("pk", flat=True))
    uuids = list(samples.values_list("uuid", flat=True))
    pictures = [
        (field.storage, str(field.name))
        for startup in samples
        for field in (startup.logo, startup.logo_small)
        if field
    ]
    Startup.objects.filter(merged_into__in=ids).exclude(pk__in=ids).update(
        lifecycle=Startup.Lifecycle.WITHDRAWN, merged_into=None
    )
    ImportedEntry.objects.filter(startup__in=ids).delete()
    # The history is append-only for everything but this and an erasure.
    with pgtrigger.ignore():
        for model in apps.get_app_config("startups").get_models():
            names = {field.name for field in model._meta.fields}
            if model.__name__.endswith("Event") and "pgh_obj" in names:
                owner = "startup_id" if "startup" in names else "pgh_obj_id"
                model._base_manager.filter(Q(**{f"{owner}__in": ids})).delete()
        samples.update(merged_into=None, lifecycle=Startup.Lifecycle.WITHDRAWN)
        samples.delete()
        StatSnapshot.objects.filter(is_sample=True).delete()
    Tombstone.objects.filter(uuid__in=uuids).delete()
    User.objects.filter(email=KEEPER).delete()
    for storage, name in pictures:
        transaction.on_commit(partial(storage.delete, name), robust=True)
    page_cache.bump()
    return len(ids)
