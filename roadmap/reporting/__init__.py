"""The periodic report: a frozen snapshot, and the PDF, XLSX and HTML made from the snapshot alone."""
