"""The two forms that list actions: what the service reads by name may not go from their descriptions."""

from pathlib import Path

import pytest

from automation.domain.action_forms import FILLED_IN, LIST_COLUMNS
from automation.form_description import FormDescriptionError, form_from

FORMS = {
    key: (Path(__file__).parents[2] / "config" / "forms" / f"{key}.toml").read_text("utf-8")
    for key in LIST_COLUMNS
}
KEYS = [(form, column) for form, (_, columns) in LIST_COLUMNS.items() for column in columns]


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(FormDescriptionError) as refused:
        form_from(text, "form.toml")
    return refused.value.faults


@pytest.mark.parametrize("key", LIST_COLUMNS)
def test_the_shipped_forms_print_what_they_list_and_ask_for_the_rest(key: str) -> None:
    (table,) = form_from(FORMS[key], f"{key}.toml").tables()
    assert table.key == LIST_COLUMNS[key][0]
    assert tuple(one.key for one in table.columns if not one.prefilled) == FILLED_IN[key]
    assert not any(one.required for one in form_from(FORMS[key], f"{key}.toml").fields())


@pytest.mark.parametrize("key", LIST_COLUMNS)
def test_it_has_as_many_rows_as_it_lists_actions(key: str) -> None:
    (table,) = form_from(FORMS[key], f"{key}.toml").with_rows(17).tables()
    assert table.rows == 17


@pytest.mark.parametrize(("form", "column"), KEYS)
def test_each_column_that_the_service_reads_is_missed_when_it_is_gone(form: str, column: str) -> None:
    found = faults(FORMS[form].replace(f'key = "{column}"', f'key = "x{column}"', 1))
    assert any(f"has no column ‘{column}’" in one for one in found), found


@pytest.mark.parametrize("key", LIST_COLUMNS)
def test_the_table_that_the_service_reads_is_missed_when_it_is_gone(key: str) -> None:
    table = LIST_COLUMNS[key][0]
    assert any(f"no table ‘{table}’" in one for one in faults(FORMS[key].replace(table, "others")))


@pytest.mark.parametrize("key", LIST_COLUMNS)
def test_the_number_by_which_a_row_is_known_must_be_printed(key: str) -> None:
    head, _, rest = FORMS[key].partition('key = "action_id"')
    found = faults(head + 'key = "action_id"' + rest.replace("prefilled = true", "prefilled = false", 1))
    assert any("‘action_id’ must be prefilled" in one for one in found), found


def test_choices_that_the_service_reads_by_their_words_stay() -> None:
    text = FORMS["action_update"].replace('["Open", "Done", "Withdrawn"]', '["Open", "Finished"]')
    assert any("must have the choices Open, Done, Withdrawn" in one for one in faults(text))


@pytest.mark.parametrize("key", LIST_COLUMNS)
def test_a_table_that_leaves_nothing_to_fill_in_is_a_fault(key: str) -> None:
    lines = [f'key = "{one}"' for one in FILLED_IN[key]]
    text = FORMS[key]
    for line in lines:
        text = text.replace(line, f"{line}\nprefilled = true", 1)
    assert any("nothing is left to fill in" in one for one in faults(text))


def test_a_cell_s_name_fits_a_bookmark_however_long_the_list_is() -> None:
    text = FORMS["oversight"].replace("actions_watched", "actions_that_service_managers")
    assert any("at most 40" in one for one in faults(text))
