"""Log-linear models of capture histories, fitted many at a time. Pure.

The expected count of a combination of lists is exp(sum of the terms of its lists); the term of two
lists says that they know the same people (or different ones). People in no list have the first term
alone, so that a model tells their number. What all lists together hide (the interaction of all of
them) no data can tell.

Sources: Fienberg (1972), Biometrika 59, 591-603; Bishop, Fienberg & Holland (1975), Discrete
Multivariate Analysis, ch. 6; Cormack (1989), Biometrics 45, 395-413; for empty cells Chan, Silverman &
Vincent (2021), JASA 116, 1297-1306.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, xlogy

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats

Bools = npt.NDArray[np.bool_]
_STEPS, _HALVINGS = 60, 12
_VANISHED, _RUNAWAY = 1e-7, 1e4  # a cell driven to nothing; missed per person seen, without end
Model = frozenset[int]


@dataclass(frozen=True)
class Mixing:
    """What wrong links make of people: the table is not of people but of what was linked.

    `expected`, shape (cells, cells): entries of each combination (rows) that a person of each
    combination (columns) gives; `products`, shape (cells, cells, cells): the same of pairs of entries
    (first two axes). Cells are the masks from 1.
    """

    expected: Floats
    products: Floats


@dataclass(frozen=True)
class Fits:
    """Fits of models (second axis) to strata (first axis), each of shape (strata, models).

    `missed`: people in no list; `listed`: people in some list; `variance`: of both together around the
    truth; `identified`: false where the data do not tell the missed, the other figures are then not a
    number.
    """

    missed: Floats
    listed: Floats
    variance: Floats
    deviance: Floats
    degrees: Floats
    log_likelihood: Floats
    parameters: Floats
    identified: Bools

    @property
    def aic(self) -> Floats:
        """Akaike's criterion."""
        return 2 * self.parameters - 2 * self.log_likelihood


def hierarchical_models(
    lists: int, highest_order: int = 2, independent: Iterable[int] = ()
) -> list[Model]:
    """All models whose interactions go up to an order and leave the `independent` lists alone.

    An interaction is the mask of its lists; with it come those of every part of it. The interaction
    of all lists is never in a model: it cannot be told from the missed.

    >>> len(hierarchical_models(3)), len(hierarchical_models(4)), len(hierarchical_models(4, 3))
    (8, 64, 113)
    """
    alone = sum(1 << i for i in independent)
    top = min(highest_order, lists - 1)
    terms = [
        mask for mask in range(1 << lists) if 2 <= mask.bit_count() <= top and not mask & alone
    ]
    return list(dict.fromkeys(_grown(frozenset(), sorted(terms, key=int.bit_count))))


def _grown(model: Model, terms: Sequence[int]) -> Iterator[Model]:
    """The model, and it with each hierarchical choice of further terms."""
    if not terms:
        yield model
        return
    first, rest = terms[0], terms[1:]
    yield from _grown(model, rest)
    if _parts(first) <= model:
        yield from _grown(model | {first}, rest)


def _parts(mask: int) -> Model:
    """Interactions that a larger one implies."""
    bits = [1 << i for i in range(mask.bit_length()) if mask >> i & 1]
    sizes = range(2, len(bits))
    return frozenset(sum(c) for n in sizes for c in itertools.combinations(bits, n))


def model_of(interactions: Iterable[Sequence[int]], lists: int) -> Model:
    """A model named by its interactions, each the positions of two or more lists.

    >>> sorted(model_of([(0, 1, 2)], 4))
    [3, 5, 6, 7]
    """
    masks = [sum(1 << i for i in set(one)) for one in interactions]
    for mask in masks:
        if mask.bit_count() < 2 or mask >= (1 << lists) - 1:
            raise FiguresRefused(
                "interactions", f"{mask:b}", "joins two or more of the lists, not all of them",
                "leave it out: what all lists hide together no data can tell",
                zh="交互项应涉及两份以上但非全部的名册；全部名册共同遗漏的部分无法由数据判断，请去掉",
            )  # fmt: skip
    return frozenset().union(masks, *(_parts(mask) for mask in masks))


def fit_models(counts: Floats, models: Sequence[Model], mixing: Mixing | None = None) -> Fits:
    """Poisson maximum likelihood of every model in every stratum.

    Parameters
    ----------
    counts : shape (strata, 2 ** lists), position 0 is not looked at
    mixing : what wrong links make of people; none: links are right. The model is then of people, and
        what is counted follows from it (a composite link, Thompson & Baker 1981, Applied Statistics
        30, 125-131).

    A term whose combination holds nobody goes to minus infinity: the term and its cells leave that
    stratum's fit. Where what remains does not tell the missed (fewer cells than terms, or a fit that
    runs away) `identified` is false.
    """
    terms, design = _design(counts.shape[-1], models)
    cells, columns = _without_empty(counts, terms, design, models)
    y = np.repeat(counts[:, 1:], len(models), axis=0)
    x = design[1:]
    beta, good = _newton(y, x, cells, columns, mixing)
    people = _exponential(beta, x, cells)
    mean = people if mixing is None else np.maximum(people @ mixing.expected.T, 0.0)
    missed = np.exp(np.clip(beta[:, 0], -700, 700))
    good &= missed < _RUNAWAY * (1 + people.sum(axis=1))
    if mixing is None:
        # With right links a cell driven to nothing means that there is no best fit (Chan et al. 2021).
        # With wrong ones it says that false links explain all of it.
        good &= ~((people < _VANISHED) & cells).any(axis=1)
    variance = _variance(people, missed, x, columns, good, mixing)
    positive = np.where(mean > 0, mean, 1.0)
    deviance = 2 * (xlogy(y, np.where(y > 0, y / positive, 1)) - y + mean).sum(axis=1)
    likelihood = (xlogy(y, positive) - mean - gammaln(y + 1)).sum(axis=1)
    kept = columns.sum(axis=1)
    good &= np.isfinite(variance) & (variance > 0)
    shape = (len(counts), len(models))

    def told(values: Floats) -> Floats:
        return np.where(good, values, np.nan).reshape(shape)

    return Fits(
        told(missed), told(people.sum(axis=1)), told(variance), told(deviance),
        told(cells.sum(axis=1) - kept), told(likelihood), told(kept.astype(float)),
        good.reshape(shape),
    )  # fmt: skip


def _exponential(beta: Floats, x: Floats, cells: Bools) -> Floats:
    return np.where(cells, np.exp(np.clip(beta @ x.T, -700, 700)), 0.0)


def _variance(
    people: Floats, missed: Floats, x: Floats, columns: Bools, good: Bools, mixing: Mixing | None
) -> Floats:
    """Of the population around the truth: by the delta method, less a Poisson's own (Cormack 1992)."""
    variance = np.full(len(people), np.nan)
    if not good.any():
        return variance
    people, columns = people[good], columns[good]
    inverse = np.linalg.inv(_information(people, x, columns, mixing))
    # How the population moves with each term: every cell, and the missed with the constant.
    slope = (people @ x) * columns
    slope[:, 0] += missed[good]
    way = np.einsum("bij,bj->bi", inverse, slope)
    size = people.sum(axis=1) + missed[good]
    if mixing is None:
        variance[good] = (way * slope).sum(axis=1) - size
        return variance
    mean = people @ mixing.expected.T
    pull = np.einsum("oc,bc,cj,bj->bo", mixing.expected, people, x, way, optimize=True)
    pull = np.where(mean > 0, pull / np.where(mean > 0, mean, 1), 0)
    spread = np.einsum("bh,pqh->bpq", people, mixing.products, optimize=True)
    variance[good] = np.einsum("bp,bpq,bq->b", pull, spread, pull) - size
    return variance


def _design(size: int, models: Sequence[Model]) -> tuple[npt.NDArray[np.int64], Floats]:
    """Terms used by some model (the first is the constant), and cells by terms."""
    mains = [1 << i for i in range(size.bit_length() - 1)]
    terms = np.array([0, *mains, *sorted(frozenset().union(*models))], np.int64)
    cells = np.arange(size)[:, None]
    return terms, ((cells & terms) == terms).astype(float)


def _without_empty(
    counts: Floats, terms: npt.NDArray[np.int64], design: Floats, models: Sequence[Model]
) -> tuple[Bools, Bools]:
    """Cells and terms that stay, by stratum and model, each of shape (strata * models, ...)."""
    lists = int(counts.shape[-1]).bit_length()
    chosen = np.array([[t in m or i < lists for i, t in enumerate(terms.tolist())] for m in models])
    empty = (counts[:, 1:] @ design[1:]) == 0
    gone = chosen[None] & empty[:, None]
    cells = (gone.reshape(-1, len(terms)) @ design[1:].T) == 0
    return cells, (chosen[None] & ~empty[:, None]).reshape(-1, len(terms))


def _newton(
    y: Floats, x: Floats, cells: Bools, columns: Bools, mixing: Mixing | None = None
) -> tuple[Floats, Bools]:
    """Coefficients, and which fits the cells can tell."""
    good = np.linalg.matrix_rank(x[None] * cells[:, :, None] * columns[:, None]) == columns.sum(
        axis=1
    )
    start = np.where(cells, np.log(y + 0.5), 0.0)
    weight = np.where(cells, y + 0.5, 0.0)
    beta = _solve(_information(weight, x, columns), ((weight * start) @ x) * columns, good)
    best = _objective(beta, y, x, cells, mixing)
    for _ in range(_STEPS):
        step = _step(beta, y, x, cells, columns, good, mixing)
        size = np.ones(len(y))
        for _ in range(_HALVINGS):
            value = _objective(beta + size[:, None] * step, y, x, cells, mixing)
            worse = good & (value < best - 1e-9 * np.abs(best) - 1e-12)
            if not worse.any():
                break
            size = np.where(worse, size / 2, size)
        beta = beta + size[:, None] * step
        gained = np.abs(value - best)
        best = value
        if (gained[good] <= 1e-12 * (1 + np.abs(best[good]))).all():
            break
    return beta, good


def _step(
    beta: Floats, y: Floats, x: Floats, cells: Bools, columns: Bools, good: Bools,
    mixing: Mixing | None,
) -> Floats:  # fmt: skip
    """Fisher scoring; with right links it is Newton's."""
    people = _exponential(beta, x, cells)
    if mixing is None:
        score = (y - people) @ x
    else:
        mean = people @ mixing.expected.T
        apart = np.where(mean > 0, (y - mean) / np.where(mean > 0, mean, 1), 0)
        score = ((apart @ mixing.expected) * people) @ x
    return _solve(_information(people, x, columns, mixing), score * columns, good)


def _information(people: Floats, x: Floats, columns: Bools, mixing: Mixing | None = None) -> Floats:
    """Fisher information; terms left out get a one, so that it can be inverted."""
    if mixing is None:
        full = np.einsum("bc,ci,cj->bij", people, x, x, optimize=True)
    else:
        mean = people @ mixing.expected.T
        slope = mixing.expected[None] @ (people[:, :, None] * x[None])
        weight = np.where(mean > 0, 1 / np.where(mean > 0, mean, 1), 0)
        full = np.einsum("bc,bci,bcj->bij", weight, slope, slope, optimize=True)
    full *= columns[:, :, None] & columns[:, None]
    at = np.arange(x.shape[1])
    ridge = 1e-11 * np.maximum(full[:, at, at].max(axis=1, keepdims=True), 1e-3)
    full[:, at, at] += np.where(columns, ridge, 1.0)
    return full


def _solve(matrix: Floats, right: Floats, good: Bools) -> Floats:
    found = np.zeros_like(right)
    if good.any():
        found[good] = np.linalg.solve(matrix[good], right[good][..., None])[..., 0]
    return found


def _objective(
    beta: Floats, y: Floats, x: Floats, cells: Bools, mixing: Mixing | None = None
) -> Floats:
    if mixing is None:
        line = np.clip(beta @ x.T, -700, 700)
        return np.where(cells, y * line - np.exp(line), 0.0).sum(axis=1)
    mean = np.maximum(_exponential(beta, x, cells) @ mixing.expected.T, 0.0)
    return (xlogy(y, np.maximum(mean, 1e-300)) - mean).sum(axis=1)


def profile_likelihood(counts: Floats, missed: Floats, model: Model) -> Floats:
    """Multinomial log-likelihood of numbers of missed people under one model, at its best.

    Parameters
    ----------
    counts : shape (strata, 2 ** lists)
    missed : shape (strata,), above 0

    Source: Cormack (1992), Biometrics 48, 567-576: the table is completed by the missed and fitted.
    """
    terms, design = _design(counts.shape[-1], [model])
    cells, columns = _without_empty(counts, terms, design, [model])
    cells = np.concatenate([np.ones((len(cells), 1), bool), cells], axis=1)
    y = counts.copy()
    y[:, 0] = missed
    beta, _ = _newton(y, design, cells, columns)
    total = y.sum(axis=1)
    line = np.where(cells, np.clip(beta @ design.T, -700, 700), 0.0)
    return gammaln(total + 1) - gammaln(missed + 1) + (y * line).sum(axis=1) - xlogy(total, total)
