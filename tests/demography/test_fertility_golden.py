import json
from pathlib import Path

import numpy as np

from renkou.demography.rates.fertility import nrr, tfr

GOLDEN = json.loads((Path(__file__).parent / "golden/fertility.json").read_text("utf-8"))


def test_the_total_fertility_of_the_united_states_in_1992() -> None:
    table = GOLDEN["tfr"]
    difference = abs(tfr(table["asfr"], 5) - table["tfr"])
    assert difference <= table["tolerance"], f"difference {difference:.5f}"


def test_a_net_reproduction_rate() -> None:
    table = GOLDEN["nrr"]
    difference = np.abs(nrr(table["asfr"], table["Lx"], table["srb"]) - table["nrr"])
    assert difference <= table["tolerance"], f"difference {difference:.5f}"
