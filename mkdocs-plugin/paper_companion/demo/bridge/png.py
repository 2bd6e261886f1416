"""PNG files of 8 bits a channel: pixels written, and read back."""

import zlib


def png(width, height, mode, data):
    """An 8-bit PNG file of pixels given row by row; `mode` is L, RGB or RGBA."""
    stride = width * len(mode)
    rows = b"".join(b"\0" + data[start : start + stride] for start in range(0, stride * height, stride))
    colour = {"L": 0, "RGB": 2, "RGBA": 6}[mode]
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, colour, 0, 0, 0])
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big") for name, body in chunks
    )


def pixels(data):
    """The shape (height, width, channels) and all values of an 8-bit PNG without interlacing; None for any other."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    body, position = b"", 8
    header = data[16:29]
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        if data[position + 4 : position + 8] == b"IDAT":
            body += data[position + 8 : position + 8 + length]
        position += length + 12
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    channels = {0: 1, 2: 3, 4: 2, 6: 4}.get(header[9])
    if header[8] != 8 or channels is None or header[12]:
        return None
    stride = width * channels
    raw = zlib.decompress(body)
    if len(raw) != (stride + 1) * height:
        return None
    values, above = bytearray(), bytes(stride)
    for start in range(0, len(raw), stride + 1):
        above = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), above, channels)
        values += above
    return (height, width, channels), values


def _unfiltered(kind, row, above, step):
    """A row of a PNG without its filter (PNG specification, third edition, section 9)."""
    for i in range(len(row) if kind else 0):
        left = row[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[i]
        elif kind == 3:
            guess = (left + above[i]) // 2
        else:
            estimate = left + above[i] - corner
            guess = min((left, above[i], corner), key=lambda value: abs(estimate - value))
        row[i] = (row[i] + guess) & 255
    return bytes(row)
