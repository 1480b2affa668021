"""All scenarios of a projection run one after the other: what stops one stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from renkou.actions.project_run import Ran
from renkou.core.errors import FiguresRefused, RenkouError
from renkou.demography.scenarios.problems import SettingsRefused


class ScenariosNotRun(RenkouError):
    """Some scenarios could not be run: `failed` has the error of each, `ran` names the others."""

    def __init__(self, failed: Mapping[str, RenkouError], ran: Sequence[str]) -> None:
        self.failed, self.ran = dict(failed), tuple(ran)
        self.exit_code = next(iter(self.failed.values())).exit_code
        others, others_zh = ", ".join(ran) or "none", "、".join(ran) or "无"
        super().__init__(
            "\n".join([
                f"not run: {', '.join(failed)}; run: {others}", *_lines(failed, str)
            ]),
            zh="\n".join([
                f"未能编制的方案：{'、'.join(failed)}；已编制：{others_zh}",
                *_lines(failed, lambda error: error.zh or str(error)),
            ]),
        )  # fmt: skip

    def __reduce__(self) -> tuple[object, ...]:
        """Travels between processes."""
        return ScenariosNotRun, (self.failed, self.ran)


def run_each(
    names: Iterable[str], run: Callable[[str], Ran]
) -> tuple[list[Ran], RenkouError | None]:
    """Run scenarios; the error, if any, says which could not be run and why, and is not raised.

    What is wrong with the projection itself, or with who asks, stops all: it is raised at once.
    """
    ran: list[Ran] = []
    failed: dict[str, RenkouError] = {}
    for name in names:
        try:
            ran.append(run(name))
        except (FiguresRefused, SettingsRefused) as error:
            failed[name] = error
    return ran, ScenariosNotRun(failed, [one.scenario for one in ran]) if failed else None


def _lines(failed: Mapping[str, RenkouError], words: Callable[[RenkouError], str]) -> list[str]:
    return [
        f"  {name}: {line}" for name, error in failed.items() for line in words(error).splitlines()
    ]
