"""Schedules that tests share."""

import numpy as np

AGES = np.arange(101)
# Gompertz with an infant year; e0 of 70 and 75 or so
MALE = np.where(AGES == 0, 0.012, 0.00007 * np.exp(0.092 * AGES) + 0.0003)
FEMALE = np.where(AGES == 0, 0.010, 0.00004 * np.exp(0.095 * AGES) + 0.0002)
BOTH = np.stack([MALE, FEMALE])
SEXES = ("male", "female")
