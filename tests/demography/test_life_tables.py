import numpy as np
import pytest

from renkou.core.errors import FiguresRefused
from renkou.demography.mortality.life_tables import life_table, life_table_from_deaths

GOMPERTZ = 5e-5 * np.exp(0.095 * np.arange(101))
ABRIDGED = np.array([0, 1, *range(5, 90, 5)])
ABRIDGED_MX = 5e-5 * np.exp(0.095 * (ABRIDGED + 2.5))


def test_a_table_of_three_ages_by_hand() -> None:
    table = life_table([0.1, 0.2, 0.5], sex="male", ages=[0, 1, 2], infant_rule=None, radix=1)
    q = [0.1 / 1.05, 0.2 / 1.1]
    lx = [1, 1 - q[0], (1 - q[0]) * (1 - q[1])]
    np.testing.assert_allclose(table.qx, [*q, 1])
    np.testing.assert_allclose(table.lx, lx)
    np.testing.assert_allclose(table.Lx, [(1 + lx[1]) / 2, (lx[1] + lx[2]) / 2, lx[2] * 2])
    np.testing.assert_allclose(table.Tx[0], table.Lx.sum())
    assert table.ex[2] == 2
    assert table.ax[2] == 2
    np.testing.assert_allclose(table.px, 1 - table.qx)


def test_deaths_over_exposure_give_the_same_table_as_rates() -> None:
    exposure = np.linspace(2000, 10, 101)
    by_deaths = life_table_from_deaths(GOMPERTZ * exposure, exposure, sex="female")
    np.testing.assert_allclose(by_deaths.ex, life_table(GOMPERTZ, sex="female").ex, rtol=1e-12)


def test_areas_years_and_sexes_in_one_call() -> None:
    mx = GOMPERTZ * np.array([[[1.0, 0.8], [1.1, 0.9]], [[1.2, 0.7], [1.3, 0.6]]])[..., None]
    table = life_table(mx, sex=("male", "female"))
    assert table.ex.shape == (2, 2, 2, 101)
    for place in np.ndindex(2, 2, 2):
        alone = life_table(mx[place], sex=("male", "female")[place[-1]])
        for name in ("ax", "qx", "lx", "dx", "Lx", "Tx", "ex", "Sx"):
            np.testing.assert_array_equal(getattr(table, name)[place], getattr(alone, name))


def test_a_row_of_sexes_may_stand_along_the_axis_before_ages() -> None:
    mx = np.stack([GOMPERTZ] * 3)
    table = life_table(mx, sex=np.array(["male", "female", "both"]))
    assert table.ax[0, 0] == life_table(GOMPERTZ, sex="male").ax[0]
    assert table.ax[2, 0] == pytest.approx(table.ax[:2, 0].mean())
    assert any("mean of the rules for either sex" in note for note in table.notes)


def test_what_was_assumed_is_noted() -> None:
    table = life_table(ABRIDGED_MX, sex="male", ages=ABRIDGED, infant_rule="hmd")
    said = " ".join(table.notes)
    for words in ("Human Mortality Database", "4a1 by Coale and Demeny", "Greville", "From age 85"):
        assert words in said
    assert "halfway" in " ".join(life_table(GOMPERTZ, sex="male").notes)


def test_abridged_ax_are_of_greville_unless_half_is_asked() -> None:
    table = life_table(ABRIDGED_MX, sex="male", ages=ABRIDGED)
    # m grows 9.5 % a year: 2.5 - 25/12 (m - .095)
    np.testing.assert_allclose(table.ax[5:-1], 2.5 - 25 / 12 * (ABRIDGED_MX[5:-1] - 0.095))
    np.testing.assert_array_equal(table.ax[2:4], 2.5)
    half = life_table(ABRIDGED_MX, sex="male", ages=ABRIDGED, ax_rule="half")
    np.testing.assert_array_equal(half.ax[2:-1], 2.5)
    assert half.ax[1] == table.ax[1] != 2


def test_beside_a_rate_of_zero_greville_gives_way_to_half_and_says_so() -> None:
    mx = ABRIDGED_MX.copy()
    mx[6] = 0
    table = life_table(mx, sex="male", ages=ABRIDGED)
    np.testing.assert_array_equal(table.ax[[5, 7]], 2.5)
    assert any("beside a rate of 0" in note and "20-24, 30-34" in note for note in table.notes)


def test_greville_is_held_inside_the_group_and_says_so() -> None:
    mx = ABRIDGED_MX.copy()
    mx[10] = 1e-9
    table = life_table(mx, sex="male", ages=ABRIDGED)
    assert table.ax[9] == pytest.approx(1 - 5 / np.expm1(5))  # rates fall steeply from 35 to 45
    assert any("rate of 1 a year" in note and "40-44" in note for note in table.notes)
    assert table.ax[11] == 2.5  # and rise more steeply than the formula bears
    assert any("outside the group" in note and "50-54" in note for note in table.notes)


def test_survival_ratios_of_single_ages() -> None:
    table = life_table(GOMPERTZ, sex="male", radix=1)
    assert table.Sx[0] == table.Lx[0]
    np.testing.assert_allclose(table.Sx[1:100], table.Lx[1:100] / table.Lx[:99])
    assert table.Sx[100] == pytest.approx(table.Tx[100] / table.Tx[99])


def test_survival_ratios_of_an_abridged_table_join_0_and_1_to_4() -> None:
    table = life_table(ABRIDGED_MX, sex="male", ages=ABRIDGED)
    assert table.Sx.shape == (len(ABRIDGED) - 1,)
    assert table.Sx[0] == pytest.approx((table.Lx[0] + table.Lx[1]) / 500_000)
    assert table.Sx[1] == pytest.approx(table.Lx[2] / (table.Lx[0] + table.Lx[1]))
    assert table.Sx[-1] == pytest.approx(table.Tx[-1] / table.Tx[-2])


def test_survival_ratios_need_groups_of_one_width() -> None:
    table = life_table([0.01] * 4, sex="male", ages=[0, 1, 10, 25])
    with pytest.raises(FiguresRefused, match="groups of one width"):
        _ = table.Sx


def test_where_nobody_is_left_ex_is_still_right() -> None:
    mx = np.full(101, 0.01)
    mx[90] = 2.0  # with ax = .5, nobody lives through it
    table = life_table(mx, sex="male")
    assert table.qx[90] == 1
    assert table.ex[90] == pytest.approx(0.5)
    assert table.ex[95] == pytest.approx(0.5 * table.qx[95] + table.px[95] * (1 + table.ex[96]))
    assert table.ex[0] == pytest.approx(table.Tx[0] / table.lx[0])
    assert table.Sx[95] == 0


def test_a_table_may_begin_later_without_a_rule_for_infants() -> None:
    whole = life_table(GOMPERTZ, sex="male", infant_rule=None)
    rest = life_table(GOMPERTZ[60:], sex="male", ages=np.arange(60, 101), infant_rule=None)
    np.testing.assert_allclose(rest.ex, whole.ex[60:])


def test_closing_by_kannisto_carries_the_table_to_110() -> None:
    table = life_table(GOMPERTZ[:96], sex="male", closing="kannisto")
    assert table.ages[-1] == 110
    assert table.mx[94] == GOMPERTZ[94]
    assert table.mx[95] != GOMPERTZ[95]
    assert "Rates from age 95 to 110+" in table.notes[0]
    exposure = np.full(96, 1e4)
    likely = life_table_from_deaths(
        GOMPERTZ[:96] * exposure, exposure, sex="male", closing="kannisto", close_to=130
    )
    assert likely.ages[-1] == 130
    assert "likelihood" in likely.notes[0]


REFUSED = {
    "a negative rate": ({"mx": [0.1, -0.2, 0.5]}, r"mx\[1\] = -0.2: no value is below 0"),
    "a rate that is no number": ({"mx": [0.1, np.nan, 0.5]}, r"mx\[1\] = nan: every value is a fin"),
    "an endless rate": ({"mx": [0.1, np.inf, 0.5]}, r"mx\[1\] = inf: every value is a finite"),
    "words": ({"mx": ["a", "b"]}, "mx: holds something that is no number"),
    "one age": ({"mx": [0.1]}, r"mx = of shape \(1,\): a life table has at least two"),
    "no tables": ({"mx": np.empty((0, 5))}, "at least two age groups"),
    "ages that jump back": ({"ages": [0, 2, 1]}, r"ages\[2\] = 1: ages ascend"),
    "more ages than rates": ({"ages": [0, 1, 2, 3]}, "mx and ages = 3 and 4"),
    "a later beginning": ({"ages": [1, 2, 3]}, r"ages\[0\] = 1-1: infant_rule 'un' is for"),
    "a wide first group": ({"ages": [0, 5, 10]}, r"ages\[0\] = 0-4: infant_rule 'un' is for"),
    "an unknown sex": ({"sex": "males"}, "sex = 'males': .*did you mean 'male'"),
    "sexes beyond the axes": ({"sex": ("male", "female")}, "sexes stand along the last of them"),
    "an unknown sex among them": (
        {"mx": [[0.1, 0.2, 0.5]] * 2, "sex": ("male", "x")}, r"sex\[1\] = 'x'"
    ),
    "an unknown infant rule": ({"infant_rule": "hdm"}, "infant_rule = 'hdm': .*mean 'hmd'"),
    "an unknown ax rule": ({"ax_rule": "grevile"}, "ax_rule = 'grevile': .*mean 'greville'"),
    "an unknown region": ({"region": "wast"}, "region = 'wast': .*mean 'west'"),
    "an unknown closing": ({"closing": "kanisto"}, "closing = 'kanisto': .*mean 'kannisto'"),
    "q0 with another rule": ({"q0": 0.1}, "q0: infant_rule 'un' takes no q0"),
    "q0 of another shape": (
        {"q0": [0.1, 0.2], "infant_rule": "coale-demeny"}, r"q0 = of shape \(2,\)"
    ),
    "a radix of nothing": ({"radix": 0}, "radix = 0: is divided by"),
    "an open group without deaths": ({"mx": [0.1, 0.2, 0.0]}, r"mx\[2\] = 0: nobody dies in the op"),
    "ax above the width": ({"ax": [0.1, 1.5, 2]}, r"ax\[1\] = 1.5: those who die in a group"),
    "ax of another length": ({"ax": [0.1, 0.5]}, "mx and ax = 3 and 2"),
    "ax with closing": ({"ax": [0.1, 0.5, 2], "closing": "kannisto"}, "ax: cannot be given for"),
    "a probability above 1": (
        {"mx": [0.1, 3.0, 0.5]}, r"qx\[1\] = 1.2: a prob.*mx\[1\] = 3 and ax\[1\] = 0.5"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_bad_input_is_refused_by_place_value_rule_and_remedy(what: str) -> None:
    changed, message = REFUSED[what]
    given = {"mx": [0.1, 0.2, 0.5], "sex": "male", **changed}
    with pytest.raises(FiguresRefused, match=message) as refusal:
        life_table(given.pop("mx"), **given)
    assert refusal.value.zh


def test_zero_exposure_is_refused_by_its_place() -> None:
    with pytest.raises(FiguresRefused, match=r"exposure\[1, 2\] = 0: is divided by"):
        life_table_from_deaths([1, 1, 1], [[1, 1, 1], [1, 1, 0]], sex="male")


def test_deaths_and_exposure_of_other_places_are_refused() -> None:
    with pytest.raises(FiguresRefused, match="deaths and exposure = 3 and 2"):
        life_table_from_deaths([1, 1, 1], [1, 1], sex="male")
    with pytest.raises(FiguresRefused, match="the axes before ages are the same"):
        life_table_from_deaths(np.ones((2, 3)), np.ones((4, 3)), sex="male")


def test_a_missing_age_group_is_not_taken_for_a_wide_one():
    rates = [0.01, 0.001, 0.001, 0.001, 0.002, 0.2]
    with pytest.raises(FiguresRefused, match=r"ages\[5\] = 25: groups do not get narrower"):
        life_table(rates, sex="male", ages=[0, 1, 5, 10, 20, 25])
    with pytest.raises(FiguresRefused, match="groups do not get narrower"):
        life_table([0.01, 0.001, 0.001, 0.2], sex="male", ages=[0, 1, 10, 15])
