from dataclasses import replace

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.trajectories.pooled_processes import standard_process
from renkou.demography.trajectories.processes import constant_process, yearly_autoregression
from renkou.demography.trajectories.simulation import simulate

FERTILITY = constant_process("fertility", 0.05, freedom=1e6, phi=0.97)
MORTALITY = constant_process(
    "life_expectancy", (0.01, 0.012), freedom=1e6, phi=1.0, correlation=0.8
)
MIGRATION = constant_process("migration", 0.002, freedom=1e6, phi=0.6)


PUBLISHED = [standard_process("fertility", of) for of in ("nation", "area")]


@pytest.mark.parametrize("process", [FERTILITY, *PUBLISHED])
def test_the_median_of_the_trajectories_is_the_path_given(process):
    path = np.linspace(1.0, 1.4, 30)
    found = simulate(process, path, trajectories=1000, seed=3)
    assert np.median(found, axis=0) == pytest.approx(path, rel=1e-4)


def test_the_median_of_life_expectancy_and_of_migration_is_the_path_given():
    e0 = np.stack([np.linspace(75, 85, 20), np.linspace(80, 88, 20)], axis=-1)
    assert np.median(simulate(MORTALITY, e0), axis=0) == pytest.approx(e0, rel=1e-4)
    net = np.linspace(-500, 500, 20)
    found = simulate(MIGRATION, net, population=np.full(20, 1e6))
    assert np.median(found, axis=0) == pytest.approx(net, abs=20)


def test_the_spread_is_that_of_the_process():
    drawn = np.log(simulate(FERTILITY, np.ones(30), trajectories=40_000, seed=1))
    assert drawn.std(axis=0) == pytest.approx(FERTILITY.spread(30), rel=0.02)
    rate = simulate(MIGRATION, np.zeros(30), trajectories=40_000, seed=1)
    assert rate.std(axis=0) == pytest.approx(MIGRATION.spread(30), rel=0.02)


def test_unknown_variance_and_slope_widen_the_spread_as_their_errors_say():
    known = replace(FERTILITY, phi=np.asarray(1.0), drift_error=np.asarray(0.01))
    drawn = np.log(simulate(known, np.ones(40), trajectories=40_000, seed=2))
    assert drawn.std(axis=0) == pytest.approx(known.spread(40), rel=0.02)
    heavy = replace(FERTILITY, freedom=np.asarray(5.0))
    tails = np.abs(np.log(simulate(heavy, np.ones(5), trajectories=40_000, seed=2)))
    thin = np.abs(np.log(simulate(FERTILITY, np.ones(5), trajectories=40_000, seed=2)))
    assert np.quantile(tails, 0.999) > 1.3 * np.quantile(thin, 0.999)


def test_a_five_year_autoregression_has_its_published_spread_after_five_yearly_steps():
    phi, sigma = yearly_autoregression(0.92464, 0.04522)
    found = constant_process("fertility", sigma, freedom=1e6, phi=phi)
    assert found.spread(5)[-1] == pytest.approx(0.04522, abs=5e-6)
    assert phi**5 == pytest.approx(0.92464)


def test_the_sexes_move_together_as_far_as_they_are_correlated():
    z = -np.log(120 - simulate(MORTALITY, np.full((10, 2), 80.0), trajectories=20_000))
    steps = np.diff(z, axis=1)
    for year in range(9):
        assert np.corrcoef(steps[:, year].T)[0, 1] == pytest.approx(0.8, abs=0.02)


def test_fertility_is_never_negative_and_life_never_reaches_120():
    wild = constant_process("fertility", 0.5, freedom=1, phi=1.0)
    assert (simulate(wild, np.full(80, 0.7), trajectories=2000) > 0).all()
    wild = constant_process("life_expectancy", (0.2, 0.2), freedom=3, phi=1.0)
    assert (simulate(wild, np.full((80, 2), 90.0), trajectories=2000) < 120).all()


def test_a_variance_known_on_one_degree_of_freedom_does_not_run_away():
    wild = constant_process("fertility", 0.05, freedom=1, phi=0.0)
    found = np.log(simulate(wild, np.ones(1), trajectories=20_000))
    assert np.abs(found).max() < 3 * 0.05 * 5


def test_migration_changes_sign_and_grows_with_the_population():
    found = simulate(MIGRATION, [0.0, 0.0], population=[1e5, 1e6], trajectories=4000)
    assert (found > 0).any()
    assert (found < 0).any()
    assert found[:, 1].std() > 8 * found[:, 0].std()


def test_chunks_areas_and_horizon_do_not_change_a_draw():
    names = [f"town {i}" for i in range(7)]
    path = np.full((7, 12), 1.2)
    options = {"seed": 11, "common": standard_process("fertility"), "level_error": 0.05}
    own = standard_process("fertility", "area")
    whole = simulate(own, path, trajectories=50, areas=names, **options)
    parts = [
        simulate(own, path[2:5, :8], trajectories=n, first=first, areas=names[2:5], **options)
        for first, n in ((0, 13), (13, 1), (14, 36))
    ]
    assert (np.concatenate(parts) == whole[:, 2:5, :8]).all()


def test_another_seed_another_area_and_another_measure_draw_anew():
    one = simulate(FERTILITY, np.ones(5), trajectories=10, seed=1)
    assert not np.isin(simulate(FERTILITY, np.ones(5), trajectories=10, seed=2), one).any()
    two = simulate(FERTILITY, np.ones((2, 5)), trajectories=10, seed=1)
    assert not np.isin(two[:, 0], two[:, 1]).any()
    like = constant_process("migration", 0.05, freedom=1e6, phi=0.97)
    rate = simulate(like, np.zeros(5), trajectories=10, seed=1)
    assert not np.isclose(np.log(one), rate).any()


def test_areas_share_the_fortune_of_the_whole():
    own = constant_process("fertility", 0.02, freedom=1e6, phi=0.95)
    path = np.full((3, 10), 1.1)
    found = simulate(own, path, trajectories=4000, seed=5, common=FERTILITY)
    whole = simulate(FERTILITY, path[0], trajectories=4000, seed=5)
    ratio = np.log(found / whole[:, None])
    assert ratio.std(axis=0)[:, -1] == pytest.approx(own.spread(10)[-1], rel=0.05)
    expected = FERTILITY.spread(10)[-1] ** 2 / (
        FERTILITY.spread(10)[-1] ** 2 + own.spread(10)[-1] ** 2
    )
    between = np.corrcoef(np.log(found[:, :, -1]).T)
    assert between[0, 1] == pytest.approx(expected, abs=0.02)


def test_an_error_of_the_level_stays_through_all_years():
    still = constant_process("fertility", 1e-9, freedom=1e6, phi=1.0)
    found = np.log(simulate(still, np.ones((2, 6)), trajectories=4000, level_error=[0.1, 0.2]))
    assert found.std(axis=0) == pytest.approx(np.array([[0.1] * 6, [0.2] * 6]), rel=0.05)
    assert found[:, :, 0] == pytest.approx(found[:, :, 5], abs=1e-6)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"median": [1.0, -1.0]}, r"median\[1\] = -1: no value is below 0"),
        ({"median": [1.0, 0.0]}, r"median\[1\] = 0: is divided by"),
        ({"median": 1.0}, r"median = \(\): has the shape \(years,\)"),
        (
            {"median": np.ones((2, 5)), "areas": ["a", "a"]},
            "each of 2 areas draws under a name of its own",
        ),
        ({"trajectories": 0}, "trajectories = 0: is a whole number from 1 on"),
        ({"seed": -1}, "seed = -1: is a whole number from 0 on"),
        ({"seed": 1.5}, "seed = 1.5"),
        (
            {"process": replace(FERTILITY, freedom=np.asarray(0.0))},
            "without a history has no variance",
        ),
        (
            {"process": replace(FERTILITY, sigma=np.ones(3)), "median": np.ones((2, 5))},
            "one for each of 2 areas",
        ),
        ({"process": MORTALITY, "median": [80.0, 81.0]}, r"has the shape \(years, 2\)"),
        ({"process": MORTALITY, "median": [[80.0, 120.0]]}, "lies below 120 years"),
    ],
)
def test_what_cannot_be_drawn_is_refused(change, said):
    given = {"process": FERTILITY, "median": [1.0, 1.1]} | change
    with pytest.raises(FiguresRefused, match=said) as refused:
        simulate(given.pop("process"), given.pop("median"), **given)
    assert refused.value.zh
