"""Ages and destinations of those who move, where moves are few: beside a model, steadied. Pure.

Ages: counts and people are smoothed over neighbouring ages by a kernel that is wider where moves are
fewer, then joined with a model schedule that counts as so many moves. Destinations: each origin's
moves are joined with moves in proportion to the people of the destinations.

Sources: Bernard & Bell (2015), Demographic Research 33:915-950 (kernel smoothing of migration ages);
Willekens (1999), Population Studies 53:79-94 (origin-destination tables with a prior of attraction).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, not_negative, of_one_length, positive

NARROWEST, WIDEST = 1.0, 6.0
_BANDWIDTH_AT_1000 = 2.5  # years, for a thousand moves
MODEL_MOVES, PRIOR_MOVES = 50.0, 20.0


def kernel_bandwidth(moves: float) -> float:
    """Years that ages are smoothed over: 2.5 for 1,000 moves, with the fifth root of their number.

    >>> kernel_bandwidth(1000), round(kernel_bandwidth(100), 2), kernel_bandwidth(1e6)
    (2.5, 3.96, 1.0)
    """
    width = _BANDWIDTH_AT_1000 * (1000 / max(moves, 1.0)) ** 0.2
    return float(min(max(width, NARROWEST), WIDEST))


def migration_rates_by_age(
    moves: npt.ArrayLike,
    people: npt.ArrayLike,
    model: npt.ArrayLike,
    *,
    model_moves: float = MODEL_MOVES,
) -> Floats:
    """Moves per person and year by age, which give all moves again.

    Parameters
    ----------
    moves : shape (..., ages), moves of the period
    people : same shape, person-years; for moves in, those who live there, as a yardstick of ages
    model : broadcasts to it, a schedule such as Rogers and Castro's; only proportions count
    model_moves : how many moves the model counts as; that many moves seen weigh as much as it

    Returns
    -------
    shape (..., ages); rates × people add up to all moves of the row

    Raises
    ------
    FiguresRefused
        If a value is negative, or the model gives no moves to the people there are.

    >>> found = migration_rates_by_age([0.0, 3.0, 0.0], [100.0, 100.0, 100.0], [1.0, 1.0, 1.0])
    >>> found.round(4), round(float(found.sum() * 100), 6)
    (array([0.01, 0.01, 0.01]), 3.0)
    """
    counted, lived = not_negative("moves", moves), not_negative("people", people)
    of_one_length(moves=counted, people=lived)
    whole = counted.sum(axis=-1, keepdims=True)
    shape = np.broadcast_to(not_negative("model", model), counted.shape)
    by_model = shape * lived
    fallen = by_model.sum(axis=-1, keepdims=True)
    if ((fallen == 0) & (whole > 0)).any():
        raise FiguresRefused(
            "model", 0, "gives moves to some of the people there are", "take another schedule",
            zh="模型年龄模式对现有人口给出的迁移数为 0；请改用其他模式",
        )  # fmt: skip
    level = np.divide(whole, fallen, out=np.zeros_like(whole), where=fallen > 0)
    kernel = _kernel(counted.shape[-1], kernel_bandwidth(float(whole.max())))
    # A model moved to the level of these moves, as so many moves seen by as many person-years.
    weight = np.divide(model_moves, whole, out=np.zeros_like(whole), where=whole > 0)
    seen = counted @ kernel + weight * level * (by_model @ kernel)
    among = (1 + weight) * (lived @ kernel)
    rate = np.divide(seen, among, out=np.zeros_like(seen), where=among > 0)
    again = (rate * lived).sum(axis=-1, keepdims=True)
    return np.asarray(rate * np.divide(whole, again, out=np.zeros_like(whole), where=again > 0))


def _kernel(ages: int, bandwidth: float) -> Floats:
    """Gaussian weights of each age (rows) in the smoothed ones (columns), each row adding up to 1."""
    gap = np.subtract.outer(np.arange(ages), np.arange(ages))
    weights = np.exp(-((gap / bandwidth) ** 2) / 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def destination_shares(
    moves: npt.ArrayLike,
    people: npt.ArrayLike,
    outside_share: float | None = None,
    *,
    prior_moves: float = PRIOR_MOVES,
) -> Floats:
    """Where those who leave each area go, few moves steadied by the people of the destinations.

    Parameters
    ----------
    moves : shape (areas, areas + 1), from row to column; the last column is outside all areas
    people : shape (areas,), above 0
    outside_share : of all moves; that of all areas together, if left out
    prior_moves : how many moves the proportion to people counts as

    Returns
    -------
    shape (areas, areas + 1), rows adding up to 1, the diagonal 0

    >>> found = destination_shares([[0, 30, 10], [0, 0, 0]], [100, 300])
    >>> found.round(2).tolist()
    [[0.0, 0.75, 0.25], [0.75, 0.0, 0.25]]
    """
    counted, size = not_negative("moves", moves).copy(), positive("people", people)
    areas = len(size)
    if counted.shape != (areas, areas + 1):
        raise FiguresRefused(
            "moves", counted.shape, f"one row for each of {areas} areas, and a last column for outside",
            "count moves for the areas of `people`", zh="应为每个区域一行，各目的地一列，末列为区域外",
        )  # fmt: skip
    inner = np.arange(areas)
    counted[inner, inner] = 0.0  # who stays within an area has not left it
    if outside_share is None:
        outside_share = float(counted[:, -1].sum() / counted.sum()) if counted.any() else 1.0
    prior = np.broadcast_to(size, (areas, areas)).copy()
    prior[inner, inner] = 0.0
    elsewhere = prior.sum(axis=1, keepdims=True)
    prior = np.divide(prior, elsewhere, out=np.zeros_like(prior), where=elsewhere > 0)
    away = np.where(elsewhere > 0, figures("outside_share", outside_share), 1.0)
    prior = np.concatenate([prior * (1 - away), away], axis=1)
    joined = counted + prior_moves * prior
    return np.asarray(joined / joined.sum(axis=1, keepdims=True))
