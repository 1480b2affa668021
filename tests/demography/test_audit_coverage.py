import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.coverage.audit_coverage import coverage_from_audit
from renkou.demography.coverage.linkage_error import known_rates, linkage_rates

AREA = [1000.0, 500.0]
LISTED = np.array([[90, 40], [110, 60], [100, 50], [80, 45]], float)
CORRECT = np.array([[85, 38], [105, 55], [99, 48], [77, 44]], float)
MET = np.array([[88, 41], [104, 57], [95, 47], [82, 46]], float)
LINKED = np.array([[80, 35], [97, 50], [90, 43], [77, 40]], float)


def test_a_list_without_error_gives_its_own_count() -> None:
    found = coverage_from_audit(AREA, LISTED, LISTED, MET, MET)
    assert found.estimate == pytest.approx(AREA)
    assert found.total.lower == found.total.upper == pytest.approx(1500)
    assert found.total_undercoverage.estimate == found.total_overcoverage.estimate == 0


def test_the_estimate_is_the_product_of_its_ratios() -> None:
    found = coverage_from_audit(AREA, LISTED, CORRECT, MET, LINKED)
    ratios = CORRECT.sum(0) / LISTED.sum(0) * MET.sum(0) / LINKED.sum(0)
    assert found.estimate == pytest.approx(AREA * ratios)
    assert found.total.estimate == pytest.approx((AREA * ratios).sum())
    assert found.undercoverage[0].estimate == pytest.approx(
        1 - LINKED[:, 0].sum() / MET[:, 0].sum()
    )
    assert found.overcoverage[1].estimate == pytest.approx(
        1 - CORRECT[:, 1].sum() / LISTED[:, 1].sum()
    )


def test_sums_of_strata_add_up() -> None:
    found = coverage_from_audit(AREA, LISTED, CORRECT, MET, LINKED)
    assert found.sum_of([0, 1]).estimate == pytest.approx(found.total.estimate)
    assert found.sum_of([1]).upper == pytest.approx(found.upper[1])
    assert found.sum_of(np.array([True, False])).lower == pytest.approx(found.lower[0])


def test_the_jackknife_is_that_of_the_textbook() -> None:
    # One ratio met / linked, lists right: delete-one by hand (Wolter 2007, ch. 4).
    found = coverage_from_audit([100], LISTED[:, :1], LISTED[:, :1], MET[:, :1], LINKED[:, :1])
    met, linked = MET[:, 0], LINKED[:, 0]
    whole = 100 * met.sum() / linked.sum()
    left = 100 * (met.sum() - met) / (linked.sum() - linked)
    variance = 3 / 4 * ((left - whole) ** 2).sum()
    assert found.total.standard_error == pytest.approx(np.sqrt(variance))
    assert found.total.degrees == 3


def test_villages_drawn_completely_leave_only_the_chance_of_the_audit() -> None:
    some = coverage_from_audit(AREA, LISTED, CORRECT, MET, LINKED)
    every = coverage_from_audit(AREA, LISTED, CORRECT, MET, LINKED, villages_in_area=4)
    assert 0 < every.total.standard_error < some.total.standard_error
    assert any("was not told" in note for note in some.notes)
    assert not any("was not told" in note for note in every.notes)


def test_missed_links_lower_the_estimate_and_their_uncertainty_widens_it() -> None:
    plain = coverage_from_audit(AREA, LISTED, CORRECT, MET, LINKED)
    known = coverage_from_audit(AREA, LISTED, CORRECT, MET, LINKED, rates=known_rates(0.01, 0.0))
    unsure = coverage_from_audit(
        AREA, LISTED, CORRECT, MET, LINKED, rates=known_rates(0.01, 0.0, 1e-4)
    )
    assert known.total.estimate == pytest.approx(plain.total.estimate * 0.99)
    assert unsure.total.standard_error > known.total.standard_error
    assert known.total_undercoverage.estimate < plain.total_undercoverage.estimate


def test_rates_of_each_stratum_err_by_themselves() -> None:
    shared = coverage_from_audit(
        AREA, LISTED, CORRECT, MET, LINKED, rates=known_rates(0.01, 0.0, 1e-3)
    )
    apart = coverage_from_audit(
        AREA,
        LISTED,
        CORRECT,
        MET,
        LINKED,
        rates=known_rates([0.01, 0.01], [0.0, 0.0], [1e-3, 1e-3], [0, 0]),
    )
    assert apart.total.estimate == pytest.approx(shared.total.estimate)
    assert apart.total.standard_error < shared.total.standard_error


def test_design_strata_take_their_differences_out_of_the_variance() -> None:
    linked = MET * np.array([[0.9], [0.9], [0.7], [0.7]])
    together = coverage_from_audit(AREA, LISTED, LISTED, MET, linked)
    apart = coverage_from_audit(
        AREA, LISTED, LISTED, MET, linked, design_strata=["town", "town", "country", "country"]
    )
    assert apart.total.estimate == pytest.approx(together.total.estimate)
    assert apart.total.standard_error < together.total.standard_error
    assert apart.total.degrees == 2


def test_weights_stand_for_more_villages() -> None:
    double = [np.concatenate([a, a[:1]]) for a in (LISTED, CORRECT, MET, LINKED)]
    repeated = coverage_from_audit(AREA, *double)
    weighted = coverage_from_audit(AREA, LISTED, CORRECT, MET, LINKED, weights=[2, 1, 1, 1])
    assert weighted.total.estimate == pytest.approx(repeated.total.estimate)


def test_small_strata_are_noted() -> None:
    found = coverage_from_audit([10.0], [[3], [4]], [[3], [4]], [[3], [4]], [[3], [3]])
    assert any("fewer than 20" in note for note in found.notes)


def test_intervals_hold_the_truth_of_clustered_villages() -> None:
    rng, held = np.random.default_rng(8), 0
    for _ in range(300):
        size = rng.integers(100, 500, 80)
        cover = rng.beta(45, 5, 80)
        here = rng.binomial(size, cover)
        wrong = rng.binomial(size, 0.05)
        drawn = rng.permutation(80)[:20]
        met = rng.binomial(size[drawn], 0.96)
        linked = rng.binomial(rng.hypergeometric(here[drawn], size[drawn] - here[drawn], met), 0.98)
        found = coverage_from_audit(
            [(here + wrong).sum()], (here + wrong)[drawn, None], here[drawn, None], met[:, None],
            linked[:, None], rates=linkage_rates(2000, rng.binomial(2000, 0.02), 500, 0),
            villages_in_area=80,
        )  # fmt: skip
        held += found.total.lower <= size.sum() <= found.total.upper
    assert 0.91 <= held / 300 <= 0.98


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"correct": LISTED + 1}, r"correct\[0, 0\] = 91"),
        ({"linked": MET + 1}, r"linked\[0, 0\] = 89"),
        ({"met": MET[:, :1]}, "2 strata"),
        ({"listed_in_area": [1000.0, 0.0]}, r"listed_in_area\[1\] = 0"),
        ({"linked": LINKED * np.array([[0, 1], [0, 1], [0, 1], [1, 1]])}, "two villages at least"),
        ({"weights": [1.0, 1.0]}, "weights"),
        ({"design_strata": ["a", "a", "a", "b"]}, "two villages drawn"),
        ({"villages_in_area": 3}, "at least the villages drawn"),
        ({"rates": known_rates(0.0, 0.95)}, "false links alone"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, object], match: str) -> None:
    given: dict[str, object] = {
        "listed_in_area": AREA, "listed": LISTED, "correct": CORRECT, "met": MET, "linked": LINKED,
    }  # fmt: skip
    with pytest.raises(FiguresRefused, match=match) as refused:
        coverage_from_audit(**(given | change))
    assert refused.value.zh
