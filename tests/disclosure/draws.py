"""Cells with keys drawn at random, as the tests of disclosure control need them."""

import numpy as np

from renkou.disclosure.whole_numbers import Keys

SECRET = b"a secret of tests, never of an office"


def random_keys(shape: int | tuple[int, ...], seed: int = 1) -> Keys:
    return np.random.default_rng(seed).integers(0, 2**32, shape, dtype=np.uint32)
