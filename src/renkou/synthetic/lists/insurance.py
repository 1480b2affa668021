"""Social insurance: UTF-8 with a byte order mark, dates as 19870523, status codes. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from renkou.synthetic import writing
from renkou.synthetic.calendar import day, day_texts
from renkou.synthetic.city import City
from renkou.synthetic.draft import Draft, repeat_rows, start_draft
from renkou.synthetic.field_errors import spoil_all_but_numbers
from renkou.synthetic.files import CityFile, Grid, TextFile, TruthRows
from renkou.synthetic.kinds import Kind
from renkou.synthetic.lists.selection import known, still_listed
from renkou.synthetic.number_errors import spoil_numbers
from renkou.synthetic.sources import PersonColumns, Source
from renkou.synthetic.streams import Ints, Mask

DAY = day(2024, 6, 30)
_HEADERS = ["个人编号", "参保人姓名", "证件号码", "性别", "民族代码", "出生年月日", "参保区县", "单位名称",
            "常住地址", "手机号码", "参保状态", "登记日期"]  # fmt: skip
_CODES_OF_ETHNICITY = {1: "01", 3: "03", 5: "05", 6: "06", 15: "15"}
_EMPLOYERS = ("云汀纺织厂", "青渚机械有限公司", "澜阳商贸公司", "云麓农业合作社", "第一人民医院",
              "市公交公司", "建筑工程二公司", "城乡居民医保", "灵活就业", "云汀食品有限公司")  # fmt: skip

SOURCE = Source(
    id="insurance", name="社会保险参保人员", department="市人力资源和社会保障局",
    purpose="参保情况核对", files="insurance_*.csv", reference_date="2024-06-30",
    own_key="source_key",
    persons=(PersonColumns("self", {
        "source_key": "个人编号", "name": "参保人姓名", "id_number": "证件号码", "sex": "性别",
        "ethnicity": "民族代码", "birth_date": "出生年月日", "workplace": "单位名称",
        "usual_address": "常住地址", "phone": "手机号码", "status": "参保状态",
        "registered_date": "登记日期",
    }, parts={"usual_area": ["参保区县"]}),),
    authority={"default": 50, "id_number": 60, "phone": 70, "workplace": 90},
    codes={"sex": {"1": "male", "2": "female"},
           "status": {"1": "present", "2": "present", "3": "cancelled", "4": "dead"}},
)  # fmt: skip


def insurance_files(city: City) -> Iterator[CityFile]:
    """The insured as one CSV, in the order in which they joined."""
    person, still = on_the_list(city)
    rng = city.streams.of("insurance-order")
    order = rng.permutation(len(person))
    person = person[order]
    clerk = city.tree.village_township[city.homes.village_on(DAY)[person]]
    draft = start_draft(city, "insurance", DAY, person, clerk, np.arange(len(person)))
    draft.mark(still[draft.person], Kind.STILL_LISTED)
    spoil_numbers(draft)
    spoil_all_but_numbers(draft)
    draft, columns = repeat_rows(draft, _columns(draft))
    grid = Grid([_HEADERS], columns)
    truth = TruthRows(None, np.arange(2, len(grid) + 2), "self", draft.person, draft.kinds)
    yield CityFile("insurance", "insurance_20240630.csv", TextFile(grid, "utf-8-sig"), [truth])


def on_the_list(city: City) -> tuple[Ints, Mask]:
    """The insured: residents whom offices know, few of the newcomers, some of those who left."""
    chance = city.streams.of("insurance-who").random(len(city.people))
    visible = known(city, "insurance", -1.65, 0.35)
    newcomer = known(city, "insurance-newcomers", -0.1, 1.0)
    resident = city.resident_on(DAY) & (city.people.birth <= DAY - 60)
    listed = resident & np.where(city.homes.newcomer, newcomer, visible)
    left = city.registered_on(DAY) & (city.people.gone <= DAY) & (chance < 0.3)
    # Those who left and pay on are insured rightly; the still listed are dead.
    person = np.flatnonzero(listed | (left & ~city.unlisted)).astype(np.int32)
    dead = city.people.death <= DAY
    still = np.zeros(len(city.people), bool)
    extra = still_listed(city, "insurance", DAY, person, dead)
    still[extra] = True
    return np.concatenate([person, extra]).astype(np.int32), still


def _columns(draft: Draft) -> list[pa.Array]:
    city, person, rng = draft.city, draft.person, draft.rng
    age = city.people.age(DAY)[person]
    employer = np.where((age < 20) | (age > 60), 7, rng.integers(0, len(_EMPLOYERS), len(draft)))
    status = np.where(
        rng.random(len(draft)) < 0.06, 1, np.where(rng.random(len(draft)) < 0.01, 2, 0)
    )
    joined = np.maximum(DAY - rng.integers(0, 12 * 365, len(draft)), city.people.birth[person] + 30)
    joined = np.where(draft.has(Kind.STILL_LISTED), DAY - 9 * 365, joined)
    return [
        writing.serials(draft.serial, 9, "5130"),
        writing.texts(draft.name),
        writing.texts(draft.number),
        writing.sexes(draft, ("1", "2")),
        writing.ethnicities(draft, _CODES_OF_ETHNICITY),
        writing.birth_dates(draft, "digits", "month_iso"),
        writing.coded(city.tree.village_county[draft.village], city.tree.county_names),
        writing.coded(employer, _EMPLOYERS),
        writing.usual_addresses(draft),
        writing.phones(draft),
        writing.coded(status, ["1", "2", "3"]),
        day_texts(joined.astype(np.int32), "digits"),
    ]
