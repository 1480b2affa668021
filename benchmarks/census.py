"""China's censuses of 2010 and 2020: do the tables add up, and how complete are their deaths?

    uv run python benchmarks/census.py DATA_FOLDER [page]

DATA_FOLDER holds `china_census` (the yearbooks' tables as CSV) and `wpp2024`. Without a second word
every table is checked, and what does not add up is listed; then come the tables of
docs/explanation/census-2020-deaths.md. With `page` only those: a test holds them in that page.
"""

from __future__ import annotations

import sys
from pathlib import Path

from census_deaths import page_parts
from census_sums import add_up


def main() -> None:
    """Check the sums, then print the tables of the page."""
    folder = Path(sys.argv[1])
    right = "page" in sys.argv[2:] or add_up(folder / "china_census")
    print("\n\n".join(page_parts(folder)))
    sys.exit(not right)


if __name__ == "__main__":
    main()
