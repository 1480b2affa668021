from __future__ import annotations

import pyarrow as pa
import pytest

from renkou.synthetic.city import City, make_city
from renkou.synthetic.files import truth_table
from renkou.synthetic.incoming import incoming_files


@pytest.fixture(scope="session")
def city() -> City:
    """20,000 residents, made once."""
    return make_city(20_000, seed=11)


@pytest.fixture(scope="session")
def truth(city: City) -> pa.Table:
    """Who every row of every list is."""
    return pa.concat_tables(truth_table(file) for _, file in incoming_files(city))
