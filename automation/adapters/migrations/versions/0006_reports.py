"""Versions of reports, holds, and rounds rolled up."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add them. Rounds that have passed are rolled up with the next report."""
    op.create_table(
        "report_versions",
        sa.Column("reference", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("round", sa.String, nullable=False),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.Column("cut_off", sa.Date, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("content", sa.String, nullable=False),
        sa.Column("made_from", sa.String, nullable=False),
        sa.Column("head", sa.String, nullable=False),
        sa.Column("said", sa.JSON, nullable=False),
    )
    op.create_table(
        "report_holds",
        sa.Column("round", sa.String, primary_key=True),
        sa.Column("held", sa.Boolean, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("author", sa.String, nullable=False),
    )
    op.create_table(
        "rolled_up",
        sa.Column("round", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("point", sa.JSON, nullable=False),
    )
