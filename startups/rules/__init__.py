"""Pure rules of the directory: no Django, no clock, no request."""
