"""QR codes."""

import io

import segno


def qr_svg(address: str) -> str:
    """Return the QR code of an address as SVG, with its quiet zone."""
    stream = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        stream,
        kind="svg",
        xmldecl=False,
        border=4,
        dark="#0b1f3a",
        light="#ffffff",
        title=address,
        omitsize=True,
    )
    markup: str = stream.getvalue().decode()
    return markup
