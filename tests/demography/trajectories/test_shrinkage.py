from dataclasses import replace

import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.trajectories.pooled_processes import standard_process
from renkou.demography.trajectories.processes import constant_process
from renkou.demography.trajectories.shrinkage import pooled_process, shrunk

PARENT = constant_process("fertility", 0.05, freedom=10, phi=0.97, phi_error=0.02)


def areas(variance, freedom, noise=0.0):
    like = np.zeros(len(variance))
    return replace(
        PARENT, sigma=np.sqrt(np.maximum(variance, 0)), own_variance=variance, freedom=like + freedom,
        phi=like + 0.9, phi_error=like + 0.1, mean_error=like, drift_error=like, correlation=like,
        noise_variance=like + noise,
    )  # fmt: skip


def test_without_a_history_the_parent_is_taken():
    found = shrunk(
        replace(PARENT, sigma=np.asarray(9.0), freedom=np.asarray(0.0), phi=np.asarray(0.1)), PARENT
    )
    assert (found.sigma, found.freedom, found.phi) == (0.05, 10, pytest.approx(0.97))


def test_the_variance_is_the_mean_weighed_by_degrees_of_freedom():
    found = shrunk(constant_process("fertility", 0.1, freedom=30, phi=0.5, phi_error=0.02), PARENT)
    assert found.sigma**2 == pytest.approx((30 * 0.01 + 10 * 0.0025) / 40)
    assert found.freedom == 40
    assert found.phi == pytest.approx((0.5 + 0.97) / 2)
    assert found.phi_error == pytest.approx(0.02 / np.sqrt(2))
    assert shrunk(found, PARENT, n=0).sigma == pytest.approx(float(found.sigma))


def test_the_longer_the_history_the_less_the_parent_weighs():
    sigmas = [
        float(shrunk(constant_process("fertility", 0.1, freedom=n, phi=0.9), PARENT).sigma)
        for n in (1, 5, 20, 500)
    ]
    assert sigmas == sorted(sigmas)
    assert 0.05 < sigmas[0] < sigmas[-1] < 0.1


def test_noise_that_was_taken_out_makes_the_own_estimate_weigh_less():
    plain = shrunk(areas(np.full(3, 0.01), 10.0), PARENT)
    noisy = shrunk(areas(np.full(3, 0.01), 10.0, noise=0.02), PARENT)
    assert (noisy.sigma < plain.sigma).all()
    assert noisy.freedom == pytest.approx(10 + 10 * (0.0025 / 0.0425) ** 2)


def test_how_much_areas_differ_is_found_again():
    rng = np.random.default_rng(4)
    true = 0.0025 * 12 / rng.chisquare(12, 4000)
    own = true * rng.chisquare(20, 4000) / 20
    found = pooled_process(areas(own, 20.0))
    assert found.sigma == pytest.approx(0.05, rel=0.02)
    assert found.freedom == pytest.approx(12, rel=0.15)


def test_areas_that_do_not_differ_have_a_parent_that_weighs_most():
    rng = np.random.default_rng(5)
    own = 0.0025 * rng.chisquare(20, 50) / 20
    assert float(pooled_process(areas(own, 20.0)).freedom) > 60


def test_estimates_below_nothing_count_against_those_above():
    rng = np.random.default_rng(6)
    total = 0.02 * rng.chisquare(4, 4000) / 4
    found = pooled_process(areas(total - 0.02, 4.0, noise=0.01))
    assert float(found.sigma) < 0.025  # the noise alone has a standard deviation of 0.14
    some = 0.03 * rng.chisquare(4, 4000) / 4
    assert pooled_process(areas(some - 0.02, 4.0, noise=0.01)).sigma == pytest.approx(0.1, rel=0.1)


def test_processes_of_single_areas_pool_like_those_side_by_side():
    own = np.array([0.001, 0.004, 0.002, 0.003])
    together = pooled_process(areas(own, 8.0))
    single = [constant_process("fertility", v**0.5, freedom=8, phi=0.9, phi_error=0.1) for v in own]
    assert pooled_process(single).sigma == pytest.approx(float(together.sigma))


def test_two_areas_make_no_parent_and_measures_do_not_mix():
    with pytest.raises(FiguresRefused, match="at least three areas") as refused:
        pooled_process([PARENT, PARENT])
    assert refused.value.zh
    with pytest.raises(FiguresRefused, match="is that of the area, 'fertility'"):
        shrunk(PARENT, standard_process("migration"))


def test_there_is_a_standard_process_for_nations_and_for_areas():
    assert standard_process("fertility", "area").sigma < standard_process("fertility").sigma
    with pytest.raises(FiguresRefused, match="is 'nation' or 'area'"):
        standard_process("fertility", "village")
