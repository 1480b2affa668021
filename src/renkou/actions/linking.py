"""Linking lists: features, identifier pass, candidates, scores, kin, clusters, review.

Joins the pure steps of `renkou.linkage` with an engine and Splink. `link_records` is the whole;
`actions.building` calls it for an edition, `actions.link_files` for anybody's files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ibis.expr.types as ir
import pyarrow as pa

from renkou.actions import linking_steps as steps
from renkou.actions.linking_records import prepare
from renkou.actions.linking_run import DECISIONS, Run
from renkou.actions.linking_touched import Earlier, link_touched
from renkou.core.errors import LinkageError
from renkou.core.progress import Progress, silent
from renkou.engines.engine import Engine
from renkou.linkage import review
from renkou.linkage.model import LinkResult, ListFacts, Model, Options

_STAGES = ("准备比对要素", "按身份号码归并", "生成候选对", "训练模型", "计算匹配权重", "约束聚类",
           "整理待复核")  # fmt: skip


def link_records(
    engine: Engine,
    records: ir.Table,
    lists: Sequence[ListFacts],
    decisions: pa.Table | None = None,
    model: Model | None = None,
    progress: Progress = silent,
    options: Options | None = None,
    earlier: Earlier | None = None,
) -> LinkResult:
    """Find which records are the same person.

    Parameters
    ----------
    records : canonical records of all lists (docs/reference/tables.md)
    lists : what each list says of itself
    decisions : reviewers' decisions; they bind
    model : a saved model, used as it is; None trains one
    earlier : what was linked under that model before; then only what differs since is linked anew

    Raises
    ------
    LinkageError
        If the records hold nothing that can be compared.
    """

    def stage(number: int) -> None:
        name = _STAGES[min(number, len(_STAGES) - 1)]
        progress(f"关联记录：{name}", number, len(_STAGES))

    words = (
        decisions.select(DECISIONS.names).cast(DECISIONS) if decisions else DECISIONS.empty_table()
    )
    run = Run(engine, lists, options or Options(), engine.table(words))
    if model is not None and earlier is not None:
        found = link_touched(run, records, model, earlier, stage)
        if found is not None:
            return found
    return _linked(run, records, model, stage)


def _linked(
    run: Run, records: ir.Table, model: Model | None, stage: Callable[[int], None]
) -> LinkResult:
    stage(0)
    prepared = prepare(run, records)
    stage(1)
    standing = steps.number_pass(run, prepared)
    prepared.forget_written(run)
    if not standing.columns & {"name_key", "given", "surname", "id_key"}:
        raise LinkageError(
            "no row of any list has a name or a valid identity number: look whether the lists have rows, "
            "and map at least one of the two in the sources of the workspace, or in the specification "
            "given to `renkou link`",
            zh="没有一行有姓名或有效的身份号码；请检查名册里是否有数据，并在来源配置"
            "（或 renkou link 的说明文件）中至少对应其中一项",
        )
    stage(2)
    kin = steps.kin(run, prepared, standing)
    candidates = steps.candidates(run, standing, kin)
    stage(3)
    model = model or steps.train(run, prepared, standing, kin)
    stage(4)
    how = steps.scoring(run, prepared, standing, model)
    edges = steps.weigh(run, steps.score(how, candidates), kin, model)
    stage(5)
    clusters = steps.cluster(run, standing, edges)
    stage(6)
    links = run.engine.keep(review.links(standing.records, clusters.members))
    pairs = steps.review_pairs(how, links, clusters, edges)
    run.clear()
    stage(len(_STAGES))
    return LinkResult(links, pairs, model, run.figures)
