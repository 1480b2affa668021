"""Multipliers that split five-year groups into single years: Sprague, Beers. Pure.

Each panel gives five single ages from five groups. The first two panels are for the two youngest
groups, the middle one for all inner groups; the last two are the first two turned round.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from renkou.demography.checked import Floats

Multipliers = Literal["sprague", "beers-ordinary", "beers-modified"]

# Shryock & Siegel (1973), The Methods and Materials of Demography, tables C-2, C-3 and C-4:
# Sprague's fifth-difference osculatory formula, Beers' ordinary and modified six-term formulas, as
# multipliers for subdividing groups. Rows are ages, columns groups.
_FIRST = {
    "sprague": (
        (0.3616, -0.2768, 0.1488, -0.0336, 0.0000),
        (0.2640, -0.0960, 0.0400, -0.0080, 0.0000),
        (0.1840, 0.0400, -0.0320, 0.0080, 0.0000),
        (0.1200, 0.1360, -0.0720, 0.0160, 0.0000),
        (0.0704, 0.1968, -0.0848, 0.0176, 0.0000),
    ),
    "beers-ordinary": (
        (0.3333, -0.1636, -0.0210, 0.0796, -0.0283),
        (0.2595, -0.0780, 0.0130, 0.0100, -0.0045),
        (0.1924, 0.0064, 0.0184, -0.0256, 0.0084),
        (0.1329, 0.0844, 0.0054, -0.0356, 0.0129),
        (0.0819, 0.1508, -0.0158, -0.0284, 0.0115),
    ),
    "beers-modified": (
        (0.3332, -0.1938, 0.0702, -0.0118, 0.0022),
        (0.2569, -0.0753, 0.0205, -0.0027, 0.0006),
        (0.1903, 0.0216, -0.0146, 0.0032, -0.0005),
        (0.1334, 0.0969, -0.0351, 0.0059, -0.0011),
        (0.0862, 0.1506, -0.0410, 0.0054, -0.0012),
    ),
}
_SECOND = {
    "sprague": (
        (0.0336, 0.2272, -0.0752, 0.0144, 0.0000),
        (0.0080, 0.2320, -0.0480, 0.0080, 0.0000),
        (-0.0080, 0.2160, -0.0080, 0.0000, 0.0000),
        (-0.0160, 0.1840, 0.0400, -0.0080, 0.0000),
        (-0.0176, 0.1408, 0.0912, -0.0144, 0.0000),
    ),
    "beers-ordinary": (
        (0.0404, 0.2000, -0.0344, -0.0128, 0.0068),
        (0.0093, 0.2268, -0.0402, 0.0028, 0.0013),
        (-0.0108, 0.2272, -0.0248, 0.0112, -0.0028),
        (-0.0198, 0.1992, 0.0172, 0.0072, -0.0038),
        (-0.0191, 0.1468, 0.0822, -0.0084, -0.0015),
    ),
    "beers-modified": (
        (0.0486, 0.1831, -0.0329, 0.0021, -0.0009),
        (0.0203, 0.1955, -0.0123, -0.0031, -0.0004),
        (0.0008, 0.1893, 0.0193, -0.0097, 0.0003),
        (-0.0108, 0.1677, 0.0577, -0.0153, 0.0007),
        (-0.0159, 0.1354, 0.0972, -0.0170, 0.0003),
    ),
}
_MIDDLE = {
    "sprague": (
        (-0.0128, 0.0848, 0.1504, -0.0240, 0.0016),
        (-0.0016, 0.0144, 0.2224, -0.0416, 0.0064),
        (0.0064, -0.0336, 0.2544, -0.0336, 0.0064),
        (0.0064, -0.0416, 0.2224, 0.0144, -0.0016),
        (0.0016, -0.0240, 0.1504, 0.0848, -0.0128),
    ),
    "beers-ordinary": (
        (-0.0117, 0.0804, 0.1570, -0.0284, 0.0027),
        (-0.0020, 0.0160, 0.2200, -0.0400, 0.0060),
        (0.0050, -0.0280, 0.2460, -0.0280, 0.0050),
        (0.0060, -0.0400, 0.2200, 0.0160, -0.0020),
        (0.0027, -0.0284, 0.1570, 0.0804, -0.0117),
    ),
    "beers-modified": (
        (-0.0160, 0.0973, 0.1321, -0.0121, -0.0013),
        (-0.0129, 0.0590, 0.1564, 0.0018, -0.0043),
        (-0.0085, 0.0260, 0.1650, 0.0260, -0.0085),
        (-0.0043, 0.0018, 0.1564, 0.0590, -0.0129),
        (-0.0013, -0.0121, 0.1321, 0.0973, -0.0160),
    ),
}
# Ages 2 to 8 from age 1, ages 2-4, ages 5-8, age 9 and age 10: Johnson's adjustment of Beers under
# age 10 where age 0 is known, as the US Census Bureau's DAPPS and its sheet BEERSP print it.
UNDER_TEN: Floats = np.array(
    [
        (0.2333, 0.3445, -0.1222, 0.3778, -0.1556),
        (-0.0875, 0.3847, -0.0236, 0.0389, -0.0111),
        (-0.1458, 0.2708, 0.1458, -0.4167, 0.1667),
        (-0.0833, 0.1151, 0.2817, -0.6111, 0.2222),
        (0.0000, -0.0080, 0.3254, -0.3889, 0.1111),
        (0.0458, -0.0613, 0.2637, 0.1833, -0.1000),
        (0.0375, -0.0458, 0.1292, 0.8167, -0.2333),
    ]
)


def splitting_matrix(name: Multipliers, n_groups: int) -> Floats:
    """Single years from five-year groups: shape (5 n_groups, n_groups), five groups at least."""
    first, second, middle = (np.array(panel[name]) for panel in (_FIRST, _SECOND, _MIDDLE))
    matrix = np.zeros((5 * n_groups, n_groups))
    matrix[:5, :5], matrix[5:10, :5] = first, second
    matrix[-10:-5, -5:], matrix[-5:, -5:] = second[::-1, ::-1], first[::-1, ::-1]
    for group in range(2, n_groups - 2):
        matrix[5 * group : 5 * group + 5, group - 2 : group + 3] = middle
    return matrix
