"""All that a rehearsal imports, most of it late. Loaded once, in the process that warm ones are copies of."""

# ruff: noqa: F401
import alembic.command
import alembic.config
import css_inline
import filelock
import holidays
import icalendar
import jinja2
import openpyxl
import python_calamine
import schedule

import automation.adapters.m365.mailbox
import automation.calendar_entry
import automation.cli
import automation.commands
import automation.documents.edited_workbook
import automation.documents.form_writer
import automation.documents.isolated_reader
import automation.documents.shared_copy
import automation.rehearsal.page
import automation.rehearsal.play
