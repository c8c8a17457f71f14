"""The portal's settings with one more address: an empty template to compare with."""

from malangkraf.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
