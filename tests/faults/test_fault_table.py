"""The table of campaigns in the documentation, and the campaigns that there are."""

import subprocess
import sys
from pathlib import Path

from tests.campaigns import all_faults
from tests.campaigns.fault import Tally, different


def test_the_page_names_every_campaign_and_no_other() -> None:
    assert all_faults.named(all_faults.PAGE.read_text("utf-8")) == list(all_faults.CAMPAIGNS)


def test_no_campaign_in_the_table_lost_anything_or_sent_it_twice() -> None:
    page = all_faults.PAGE.read_text("utf-8").split(all_faults.BEGIN)[1].split(all_faults.END)[0]
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len(all_faults.CAMPAIGNS)
    for name, _, runs, lost, twice, outcome, _ in rows:
        assert (lost, twice) == ("0", "0"), name
        assert int(runs.replace(",", "")) > 0, name
        assert "wrong" not in outcome, name


def test_the_times_of_all_campaigns_together_are_half_an_hour_on_two_cores() -> None:
    assert sum(one.seconds for one in all_faults.CAMPAIGNS.values()) / all_faults.AT_ONCE <= 31 * 60


def test_each_campaign_has_a_command_of_its_name() -> None:
    command = [sys.executable, "-m", "tests.campaigns", "--help"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    for name in (*all_faults.CAMPAIGNS, "faults"):
        assert f" {name} " in told.stdout.replace(",", " ").replace("{", " ").replace("}", " "), name


def test_the_table_takes_the_place_of_the_one_before_and_of_nothing_else() -> None:
    tally = Tally("full disk")
    tally.add(noted="full")
    rows = [all_faults.row("full-disk", tally)]
    page = f"before\n{all_faults.BEGIN}\nold\n{all_faults.END}\nafter\n"
    made = all_faults.written(list(all_faults.table(rows, small=False)), page)
    assert made.startswith(f"before\n{all_faults.BEGIN}\nThe whole size of each: ")
    assert made.endswith(f"{all_faults.END}\nafter\n")
    assert all_faults.named(made) == ["full-disk"]
    assert all_faults.written(list(all_faults.table(rows, small=False)), made) == made


def test_what_is_lost_what_came_twice_and_what_was_not_planned_are_told_apart() -> None:
    assert different(["a", "b", "b"], ["b", "c"], "then") == (
        1,
        1,
        ["then: not sent: c", "then: not planned: a", "then: not planned: b"],
    )
    assert different(["a"], ["a"], "then") == (0, 0, [])
