"""A line of text as a picture in PPM, each character five dots wide and seven high."""

from __future__ import annotations

__all__ = ["ALPHABET", "drawn"]

TYPE = """\
A 0e11111f111111 B 1e11111e11111e C 0e11101010110e D 1e11111111111e E 1f10101e10101f
F 1f10101e101010 G 0e11101713110f H 1111111f111111 I 0e04040404040e J 0702020202120c
K 11121418141211 L 1010101010101f M 111b1515111111 N 11191915131311 O 0e11111111110e
P 1e11111e101010 Q 0e11111115120d R 1e11111e141211 S 0f10100e01011e T 1f040404040404
U 1111111111110e V 11111111110a04 W 11111115151b11 X 11110a040a1111 Y 11110a04040404
Z 1f01020408101f 0 0e11131519110e 1 040c040404041f 2 0e11010608101f 3 1f02040201110e
4 02060a121f0202 5 1f101e0101110e 6 0608101e11110e 7 1f010204080808 8 0e11110e11110e
9 0e11110f01020c - 0000001f000000 . 00000000000c0c @ 0e11171515100e
"""
"""Of each character seven rows, two hexadecimal digits each."""
FONT = {
    name: bytes.fromhex(rows)
    for name, rows in zip(TYPE.split()[::2], TYPE.split()[1::2], strict=True)
}
ALPHABET = "".join(FONT)
"""All characters that there are."""


def drawn(text: str) -> bytes:
    """Return a picture of a text, black on white; other characters are left blank.

    It is six dots wide for each character, the last of them white, and seven high.
    """
    glyphs = [FONT.get(character, bytes(7)) for character in text.upper()]
    lines = [f"P3\n{6 * len(glyphs)} 7\n255"]
    for row in range(7):
        dots = [g[row] >> x & 1 for g in glyphs for x in (4, 3, 2, 1, 0, 5)]
        lines += ["0 0 0" if dot else "255 255 255" for dot in dots]
    return ("\n".join(lines) + "\n").encode()
