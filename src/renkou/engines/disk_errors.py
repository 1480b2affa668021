"""A disk that fills up, whichever library meets it, as the one error that callers await."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

_FULL = ("No space left", "Could not write", "Could not create")


@contextmanager
def as_os_errors() -> Iterator[None]:
    """Turn DuckDB's errors of writing (its own kind, no `OSError`) into `OSError`.

    Raises
    ------
    OSError
        With what DuckDB says, which names files and no value.
    """
    try:
        yield
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        if not any(sign in said for sign in _FULL):
            raise
        raise OSError(errno.ENOSPC, said) from error
