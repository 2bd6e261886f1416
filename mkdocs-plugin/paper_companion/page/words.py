"""Sizes and counts in words."""


def size(size_bytes: int) -> str:
    """`414 kB`, `9.6 MB`: three figures at most, in powers of 1000, as operating systems and hosts count."""
    value, unit = float(size_bytes), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    if unit == "bytes":
        return f"{size_bytes} byte{'' if size_bytes == 1 else 's'}"
    return f"{value:.1f} {unit}" if value < 9.95 else f"{value:.0f} {unit}"


def count(number: int) -> str:
    """`103,427`."""
    return f"{number:,}"
