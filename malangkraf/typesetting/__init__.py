"""PDF by Typst: tagged, fit for the archive, in our own typeface."""
