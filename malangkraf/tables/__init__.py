"""Tables in files that nobody vouches for: CSV and XLSX, read into rows of text."""
