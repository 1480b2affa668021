import pytest

from renkou.cli.progress import progress_bars


def test_away_from_a_terminal_each_stage_is_one_line_on_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress_bars() as progress:
        progress("读取名册", 0, 2)
        progress("读取名册", 1, 2)
        progress("核对", 0, None)
    told = capsys.readouterr()
    assert told.err.splitlines() == ["读取名册", "核对"]
    assert told.out == ""


def test_quiet_progress_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bars(quiet=True) as progress:
        progress("读取名册", 0, None)
    assert capsys.readouterr().err == ""


def test_on_a_terminal_bars_end_when_the_next_stage_begins(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress_bars() as progress:
        progress("读取名册", 0, None)
        progress("核对", 3, 3)
    assert "100%" in capsys.readouterr().err
