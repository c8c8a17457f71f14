"""Load the rating scale that the achievements are named by."""

from datetime import date
from decimal import Decimal

from django.db import migrations

BANDS = [
    ("very_high", "Sangat tinggi", "Very high", "91"),
    ("high", "Tinggi", "High", "76"),
    ("medium", "Sedang", "Medium", "66"),
    ("low", "Rendah", "Low", "51"),
    ("very_low", "Sangat rendah", "Very low", "0"),
]


def create_scale(apps, schema_editor):
    scale = apps.get_model("roadmap", "RatingScale").objects.create(
        code="permendagri-86-2017",
        name="Skala Permendagri 86/2017",
        name_en="Scale of Permendagri 86/2017",
        regulation=(
            "Permendagri 86/2017, dikutip dari sumber kedua: batas 91, 76, 66, dan 51 diambil dari dua aplikasi "
            "kinerja terbuka yang menyebut peraturan ini; naskah lampirannya belum kami periksa sendiri."
        ),
        regulation_en=(
            "Permendagri 86/2017, attributed at second hand: the limits 91, 76, 66 and 51 come from two open "
            "performance applications that name the regulation; we have not checked the text of its annex ourselves."
        ),
        valid_from=date(2017, 1, 1),
    )
    band = apps.get_model("roadmap", "RatingBand")
    for code, label, label_en, lower in BANDS:
        band.objects.create(
            scale=scale, code=code, label=label, label_en=label_en, lower_bound=Decimal(lower)
        )


def delete_scale(apps, schema_editor):
    apps.get_model("roadmap", "RatingScale").objects.filter(code="permendagri-86-2017").delete()


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0001_initial")]

    operations = [migrations.RunPython(create_scale, delete_scale)]
