"""The documentation says what the code does, and every command is documented."""

import re
from pathlib import Path
from typing import Any

import pytest

from renkou.cli.indicator_reference import indicators_page
from renkou.cli.reference import commands, commands_page

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
COMMANDS = dict(commands())
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
_CHINESE_FIRST = re.compile(r"[^。]*[\u4e00-\u9fff][^。]*。\s+[A-Z].*\.$", re.DOTALL)
_LINE = re.compile(r"(?:^|`)(?:\.venv/bin/)?(renkou [^`\n#]+)", re.MULTILINE)


def _options(command: Any) -> set[str]:
    spelled = {name for one in command.params for name in [*one.opts, *one.secondary_opts]}
    return spelled | {"--help"}


def test_the_reference_of_commands_is_up_to_date() -> None:
    written = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    assert written == commands_page(), "run `make fix`"


def test_the_reference_of_indicators_is_up_to_date() -> None:
    written = (ROOT / "docs/reference/indicators.md").read_text(encoding="utf-8")
    assert written == indicators_page(), "run `make fix`"


def test_options_that_must_be_given_are_marked() -> None:
    page = commands_page()
    assert "`renkou evaluate --truth FILE [OPTIONS]`" in page
    assert page.count("**必填 required**") == sum(
        one.required and one.param_type_name == "option" and not one.prompt
        for _, command in commands()
        for one in command.params
    )
    assert (
        "--role officer|clerk|planner|auditor|protection_officer|area_administrator [OPTIONS]`"
        in page
    )
    [truth] = [line for line in page.splitlines() if line.startswith("| `--truth")]
    assert truth.endswith("**必填 required** |")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help_in_chinese_and_then_english(name: str) -> None:
    command = COMMANDS[name]
    assert _CHINESE_FIRST.match(command.help), name
    for parameter in command.params:
        assert _CHINESE_FIRST.match(parameter.help or ""), parameter.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_written_in_a_page_exists(page: Path) -> None:
    for line in _LINE.findall(page.read_text(encoding="utf-8")):
        words = line.split()
        name = next((" ".join(words[:n]) for n in (3, 2) if " ".join(words[:n]) in COMMANDS), None)
        if name is None:
            groups = {" ".join(full.split()[:2]) for full in COMMANDS}
            known = (
                len(words) == 1 or " ".join(words[:2]) in groups or words[1].startswith(("-", "N"))
            )
            assert known, f"{page.name}: {line}"
            continue
        unknown = set(_OPTION.findall(line)) - _options(COMMANDS[name])
        assert not unknown, f"{page.name}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_in_a_page_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
