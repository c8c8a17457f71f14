"""Member lists: read by the worker, checked by a coordinator, applied as unclaimed drafts. No request in here."""
