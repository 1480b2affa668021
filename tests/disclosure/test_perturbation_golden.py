"""The printed perturbation table, to its printed digits."""

import json
from pathlib import Path

from renkou.disclosure.perturbation_table import perturbation_table


def test_the_printed_table_is_reproduced() -> None:
    golden = json.loads((Path(__file__).parent / "golden" / "printed_table.json").read_text())
    table = perturbation_table(3, 1.0)
    worst = (0.0, "")
    for true, printed in golden["rows"].items():
        row = table.rows[int(true)]
        ours = {
            str(int(true) + shift): float(chance)
            for shift, chance in zip(row.shifts, row.probabilities, strict=True)
        }
        assert ours.keys() == printed.keys(), true
        for value, chance in printed.items():
            worst = max(worst, (abs(ours[value] - chance), f"{true} as {value}"))
    # Printed figures are rounded to the third digit, so half of it is what may be off.
    assert worst[0] <= golden["tolerance"] + 1e-12, f"largest difference {worst}"
