"""Decodes text files of any encoding met in offices into UTF-8, in chunks. Not pure: reads files.

UTF-8 with or without BOM, UTF-16 and GB18030 (of which GBK and GB2312 are parts). Python's codec
leaves 24 two-byte codes of GB 18030-2022 in the private use area; they are repaired here.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from renkou.core.errors import Place
from renkou.core.progress import Progress, silent
from renkou.engines.files import unreadable
from renkou.engines.files_damage import mixed_encodings, other_encoding, reads_as_big5, zero_block

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SAMPLE = 1 << 20
CHUNK = 4 << 20
LONGEST_LINE = 8 << 20
_REPLACED = "\ufffd"
_ZERO_BLOCK = "\0" * 512  # a sector of a disk; no padded cell is as long
_WHOLLY_CHECKED = 32 << 20
_CHECKED_START = 256 << 10
_BESIDE_CELL = np.isin(np.arange(256), list(b',\n\r";|'))
_WIDE = ("\t", "\u3000", "\u00a0")
_BOMS = (  # UTF-32's marks begin with UTF-16's or nought
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
# four Chinese characters in UTF-8 at the start of a cell: in GB18030 text that is chance of 1e-8
_UTF8_CELL = re.compile(rb"[\n,;\t\"](?:[\xe4-\xe9][\x80-\xbf]{2}){4}")


@cache
def _private_use() -> tuple[re.Pattern[str], dict[str, str]]:
    text = resources.files("renkou.engines").joinpath("gb18030_pua_repair.csv").read_text("utf-8")
    repair = {
        chr(int(row["pua_codepoint"][2:], 16)): row["char"]
        for row in csv.DictReader(text.splitlines())
    }
    return re.compile("[" + "".join(repair) + "]"), repair


def detect_encoding(path: Path) -> str:
    """The encoding of a text file.

    Raises
    ------
    FileRefused
        FILE-05 if the first megabyte is text in none of the encodings, in UTF-32 or in Big5.
    """
    with path.open("rb") as stream:
        sample = stream.read(SAMPLE)
        wide = _marked(sample) or _utf32_without_mark(sample) or _utf16_without_mark(sample)
        if wide == "utf-32":
            raise other_encoding(path.name, "UTF-32", sure=True)
        if wide:
            return wide
        while sample.isascii() and (more := stream.read(SAMPLE)):
            sample = more
    shares = {name: _broken_share(sample, name) for name in ("utf-8", "gb18030")}
    best = min(shares, key=lambda name: shares[name])
    if shares[best] > 0.05:
        raise mixed_encodings(path)
    if best == "gb18030" and reads_as_big5(sample[:_CHECKED_START]):
        raise other_encoding(path.name, "Big5", sure=False)
    return best


def _marked(sample: bytes) -> str | None:
    return next((name for mark, name in _BOMS if sample.startswith(mark)), None)


def _utf32_without_mark(sample: bytes) -> str | None:
    """Of the four bytes of a character the outermost is nought, and the next at most two."""
    for outermost, beside in ((3, 2), (0, 1)):
        zeros, small = sample[outermost::4], sample[beside::4]
        if len(sample) >= 8 and not any(zeros) and max(small) <= 2 and any(sample):
            return "utf-32"
    return None


def _utf16_without_mark(sample: bytes) -> str | None:
    """Commas, digits and line ends leave every second byte of UTF-16 nought, on one side."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 50 < len(sample) or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _broken_share(sample: bytes, encoding: str) -> float:
    """Of the bytes that are not ASCII, the share that the encoding cannot decode."""
    foreign = len(_NOT_ASCII.findall(sample))
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return decoder.decode(sample).count("\ufffd") / foreign if foreign else 0.0


class Utf8Stream(io.RawIOBase):
    """A text file as UTF-8 bytes, whatever its encoding; refuses lines no row can have.

    A thread decodes the next chunk while the reader's caller works on the last one.
    `undecoded` is true once bytes that could not be decoded were replaced by U+FFFD, `zeros` once NUL
    bytes were, `padded` once a cell may have begun or ended with a blank, `quoted` once there was a
    quotation mark.
    """

    def __init__(self, path: Path, encoding: str, progress: Progress = silent) -> None:
        self._path, self._progress = path, progress
        self._source: BinaryIO = path.open("rb")
        self._size = max(path.stat().st_size, 1)
        self._gb = encoding == "gb18030"
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = memoryview(b"")
        self._ahead = ThreadPoolExecutor(1)
        self._next: Future[bytes | None] | None = None
        self._lines, self._since_line, self._read = 1, 0, 0
        self.undecoded = self.zeros = self.padded = self.quoted = self._ended = False
        self._line_ends, self._last = 0, b""

    @property
    def lines(self) -> int:
        """How many lines were read."""
        return self._line_ends + (self._last not in (b"\n", b"\r", b""))

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill a buffer with the next bytes."""
        target = memoryview(buffer).cast("B")
        while not self._ready:
            decoded = (self._next or self._ahead.submit(self._chunk)).result()
            self._progress(f"读取 {self._path.name}", min(self._read, self._size), self._size)
            self._next = self._ahead.submit(self._chunk)
            if decoded is None:
                break
            self._ready = memoryview(decoded)
        count = min(len(target), len(self._ready))
        target[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def close(self) -> None:
        """Close the file."""
        self._ahead.shutdown(cancel_futures=True)
        self._source.close()
        super().close()

    def _chunk(self) -> bytes | None:
        """The next chunk decoded; None after the last."""
        if self._ended:
            return None
        chunk = self._source.read(CHUNK)
        self._ended = not chunk
        return self._decoded(chunk)

    def _decoded(self, chunk: bytes) -> bytes:
        self._check_lines(chunk)
        if (
            self._gb
        ):  # of a big file only the start of each chunk: mixed files are files put together
            self._check_mixed(chunk, CHUNK if self._read < _WHOLLY_CHECKED else _CHECKED_START)
        text = self._decoder.decode(chunk, final=not chunk)
        self.undecoded = self.undecoded or _REPLACED in text
        if "\0" in text:
            text = self._without_zeros(text)
        data = text.encode("utf-8", "replace")
        # U+E800 to U+E83F, where the 24 stand; looking for one byte first is ten times as fast
        if b"\xee" in data and b"\xee\xa0" in data:
            pattern, repair = _private_use()
            data = pattern.sub(lambda found: repair[found[0]], text).encode("utf-8", "replace")
        self.padded = self.padded or _padded(text, data)
        self._count_lines(data)
        self._read += len(chunk)
        return data

    def _without_zeros(self, text: str) -> str:
        """NUL bytes are damage, shown as such: they would be lost, and a row cut, without a word."""
        block = text.find(_ZERO_BLOCK)
        if block >= 0:
            row = self._line_ends + text.count("\n", 0, block) + 1
            raise zero_block(self._path.name, row)
        self.zeros = True
        return text.replace("\0", _REPLACED)

    def _count_lines(self, data: bytes) -> None:
        self.quoted = self.quoted or b'"' in data
        ends = data.count(b"\n")
        if b"\r" in data:
            ends += data.count(b"\r") - data.count(b"\r\n")
        if self._last == b"\r" and data.startswith(b"\n"):
            ends -= 1
        self._line_ends += ends
        self._last = data[-1:] or self._last

    def _check_lines(self, chunk: bytes) -> None:
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self._since_line = self._since_line + len(chunk) if end < 0 else len(chunk) - end
        if self._since_line > LONGEST_LINE:
            raise unreadable(
                Place(self._path.name, row=self._lines),
                "FILE-10",
                f"the line is longer than {LONGEST_LINE >> 20} MB",
                "check the line; it may not be a text table",
            )
        self._lines += chunk.count(b"\n")

    def _check_mixed(self, chunk: bytes, looked_at: int) -> None:
        found = _UTF8_CELL.search(chunk, 0, looked_at)
        if found and _is_utf8_line(chunk, found.start() + 1):
            row = self._lines - chunk.count(b"\n", found.start() + 1)
            raise mixed_encodings(self._path, utf8_row=row)


def _padded(text: str, data: bytes) -> bool:
    """Whether a cell may begin or end with a blank; wide blanks and tabs count anywhere."""
    if any(blank in text for blank in _WIDE):
        return True
    if b" " not in data:
        return False
    around = np.frombuffer(b"," + data + b",", dtype=np.uint8)  # a chunk may end within a cell
    blanks = np.flatnonzero(around == ord(" "))
    return bool(_BESIDE_CELL[around[blanks - 1]].any() or _BESIDE_CELL[around[blanks + 1]].any())


def _is_utf8_line(chunk: bytes, at: int) -> bool:
    start = max(chunk.rfind(b"\n", 0, at), 0)
    end = chunk.find(b"\n", at)
    try:
        chunk[start : end if end > 0 else len(chunk)].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
