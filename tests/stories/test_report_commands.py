"""The commands about reports and forms: what they refuse, and with which remedy."""

from pathlib import Path

import pytest

from automation import cli
from tests.stories.test_report import DRAFT, SEND, month, passes, returned
from tests.support.month import Month

__all__ = ["month", "returned"]


def command(month: Month, *words: str) -> int:
    return cli.main([*words, "--config", str(month.config)])


def test_a_report_that_has_gone_is_not_said_to_be_held(
    month: Month, capsys: pytest.CaptureFixture[str]
) -> None:
    passes(month, DRAFT, SEND)
    assert command(month, "report", "2026-11", "--hold", "--today", "2026-12-08") == 2
    assert "has gone to 1 person" in capsys.readouterr().err


def test_a_report_is_held_and_let_go_on_the_command_line(month: Month) -> None:
    passes(month, DRAFT)
    assert command(month, "report", "2026-11", "--hold", "--today", "2026-12-04") == 0
    passes(month, SEND)
    assert not month.sent("report")
    assert command(month, "report", "2026-11", "--release", "--today", "2026-12-08") == 0
    passes(month, "2026-12-08")
    assert len(month.sent("report")) == 1


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("report", "2026-11", "x.docx", "--hold"), "take no file"),
        (("report", "2026-11", "x.pdf"), "name it with .docx"),
        (("report", "2026-10", "x.docx"), "no audits of a round 2026-10"),
        (("report", "2026-11", "x.docx", "--service", "Nowhere"), "There are: "),
        (("pack", "p", "--from", "2026-12", "--to", "2026-11"), "earlier month first"),
        (("explain", "CFA-2026-11-001-A1"), "without its -A1"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_remedy(
    month: Month,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    remedy: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    passes(month, DRAFT)
    assert command(month, *words) == 2
    assert remedy in capsys.readouterr().err
    assert not list(tmp_path.glob("x.*"))


def test_a_pack_has_the_data_the_reports_and_a_history_that_holds(month: Month, tmp_path: Path) -> None:
    passes(month, DRAFT, SEND)
    out = tmp_path / "pack"
    assert command(month, "pack", str(out), "--from", "2026-11", "--to", "2026-11", "--today", SEND) == 0
    found = {str(one.relative_to(out)) for one in out.rglob("*") if one.is_file()}
    assert found == {
        *("data.xlsx", "history.jsonl", "method.txt", "read-me.txt"),
        "reports/CFA-2026-11-REPORT-v1.docx",
    }
    assert "is unbroken" in (out / "read-me.txt").read_text("utf-8")


def test_a_form_is_written_again_without_a_date_that_nobody_named(month: Month, tmp_path: Path) -> None:
    import docx

    form = tmp_path / "m.docx"
    assert command(month, "form", "moderation", "CFA-2026-11-001", str(form)) == 0
    words = "\n".join(one.text for one in docx.Document(str(form)).paragraphs)
    assert "by ." not in words
