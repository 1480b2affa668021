"""Errors as they travel."""

from __future__ import annotations

import pickle

from renkou.core.errors import FiguresRefused


def test_refused_figures_come_back_from_another_process_with_their_words() -> None:
    told = FiguresRefused("mx[3]", -0.1, "a rate is not negative", "correct it", zh="率不得为负")
    back = pickle.loads(pickle.dumps(told))
    assert (str(back), back.zh, back.place, back.value) == (str(told), told.zh, "mx[3]", -0.1)
