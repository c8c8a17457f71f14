"""Sets one PDF with Typst in a process of its own: the job comes in as JSON, the PDF goes out.

Typst keeps what it has set before in memory for later runs: a worker that made big reports would hold close to
a gigabyte. A process that ends gives everything back, and can be stopped when it takes too long. Importing typst
takes some 15 ms, so the price is small. Runs without Django and without the project's code.
"""

import json
import sys
from datetime import datetime

import typst


def main() -> None:
    """Read the job from standard input and write the PDF to standard output."""
    job = json.load(sys.stdin)
    # Without the machine's and Typst's own fonts the same snapshot looks the same everywhere.
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[job["fonts"]])
    pdf = typst.compile(
        job["template"],
        root=job["root"],
        font_paths=fonts,
        format="pdf",
        sys_inputs=job["inputs"],
        pdf_standards=["ua-1", "a-2a"],
        timestamp=datetime.fromisoformat(job["moment"]),
    )
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    try:
        main()
    except typst.TypstError as error:
        sys.exit(f"{error.message}\n{error.diagnostic}")
