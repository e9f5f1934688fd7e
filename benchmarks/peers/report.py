"""`python -m benchmarks.peers.report CONFIG OUT`: report and workbook as a data analyst makes them."""

import io
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import docx
import matplotlib as mpl

mpl.use("Agg")

import pandas as pd
from docx.shared import Cm
from matplotlib import pyplot as plt


def main() -> None:
    """Read the store, draw and write what ours counted, and export the data."""
    config, out = Path(sys.argv[1]), Path(sys.argv[2])
    database = sqlite3.connect(config.parent / "state" / "audits.db")
    audits = pd.read_sql("SELECT * FROM audits", database)
    returns = pd.read_sql("SELECT reference, answers FROM returns", database)
    actions = pd.read_sql("SELECT * FROM actions", database)
    mails = pd.read_sql("SELECT id, sender, outcome, reference FROM mails", database)
    messages = pd.read_sql("SELECT key, kind, about, recipient, state FROM outbox", database)
    answers = pd.DataFrame([json.loads(one) for one in returns["answers"]])
    answers.insert(0, "reference", returns["reference"])
    joined = audits.merge(answers, on="reference", how="left", suffixes=("", "_answer"))
    _report(json.loads((config.parent / "story.json").read_text("utf-8")), out / "report.docx")
    with pd.ExcelWriter(out / "data.xlsx", engine="openpyxl") as book:
        for name, frame in (
            ("Audits", joined),
            ("Actions", actions),
            ("Mails", mails),
            ("Messages", messages),
        ):
            frame.to_excel(book, sheet_name=name, index=False)


def _report(story: list[list[Any]], path: Path) -> None:
    """The same words, tables and charts as ours has; python-docx's own way of filling a table in."""
    document = docx.Document()
    document.add_heading("Case file audits, November 2026", 0)
    for kind, *told in story:
        if kind == "heading":
            document.add_heading(told[0], 1)
        elif kind == "text":
            document.add_paragraph(told[0])
        elif kind == "chart":
            document.add_picture(_chart(*told), width=Cm(15))
        else:
            _table(document, *told)
    document.save(str(path))


def _table(document: Any, caption: str, columns: list[str], rows: list[list[Any]]) -> None:
    document.add_paragraph(caption)
    table = document.add_table(rows=1, cols=len(columns))
    for cell, name in zip(table.rows[0].cells, columns, strict=True):
        cell.text = name
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = str(value)


def _chart(title: str, categories: list[str], series: list[tuple[str, list[float | None]]]) -> io.BytesIO:
    figure, axes = plt.subplots(figsize=(8, 4.5), dpi=150)
    bottom = [0.0] * len(categories)
    for name, values in series:
        sizes = [one or 0.0 for one in values]
        axes.bar(categories, sizes, bottom=bottom, label=name)
        bottom = [a + b for a, b in zip(bottom, sizes, strict=True)]
    axes.set_title(title)
    axes.legend()
    out = io.BytesIO()
    figure.savefig(out, format="png")
    plt.close(figure)
    return out


if __name__ == "__main__":
    main()
