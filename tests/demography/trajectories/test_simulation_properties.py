import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from renkou.demography.trajectories.processes import constant_process
from renkou.demography.trajectories.simulation import simulate

sigmas = st.floats(0.001, 0.3)
phis = st.floats(0, 1)
paths = st.lists(st.floats(0.3, 8), min_size=1, max_size=12)


@settings(max_examples=30, deadline=None)
@given(sigmas, phis, st.floats(2, 50), paths, st.integers(0, 2**62))
def test_trajectories_are_positive_and_mirrored_about_the_path(sigma, phi, freedom, path, seed):
    process = constant_process(
        "fertility", sigma, freedom=freedom, phi=phi, phi_error=0.1, mean_error=0.1
    )
    found = simulate(process, path, trajectories=6, seed=seed)
    assert (found > 0).all()
    pairs = np.log(found[0::2]) + np.log(found[1::2])
    assert np.allclose(pairs, 2 * np.log(path), rtol=1e-6, atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 2**62))
def test_any_cut_gives_the_numbers_of_the_whole(first, count, seed):
    process = constant_process("migration", 0.01, freedom=4, phi=0.5, phi_error=0.2)
    whole = simulate(process, [0.0, 0.0], trajectories=first + count, seed=seed)
    assert (
        simulate(process, [0.0, 0.0], trajectories=count, first=first, seed=seed) == whole[first:]
    ).all()


@settings(max_examples=30, deadline=None)
@given(sigmas, phis, st.integers(2, 60))
def test_spread_never_narrows_with_the_years(sigma, phi, years):
    process = constant_process("fertility", sigma, freedom=10, phi=phi, mean_error=0.1)
    assert (np.diff(process.spread(years)) >= -1e-12).all()
