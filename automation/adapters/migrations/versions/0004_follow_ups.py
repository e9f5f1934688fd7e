"""Moderations, responses, disputes, actions and their lists; messages that go in one mail with others."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add them. Messages that went before went by themselves."""
    of_audit = sa.ForeignKey("audits.reference")
    op.create_table(
        "moderations",
        sa.Column("reference", sa.String, of_audit, primary_key=True),
        sa.Column("moderator", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("chosen_on", sa.Date, nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("answered", sa.JSON),
    )
    op.create_table(
        "responses",
        sa.Column("reference", sa.String, sa.ForeignKey("audits.reference"), primary_key=True),
        sa.Column("person", sa.String, primary_key=True),
        sa.Column("answered", sa.JSON, nullable=False),
    )
    op.create_table(
        "disputes",
        sa.Column("reference", sa.String, sa.ForeignKey("audits.reference"), primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("decider", sa.String, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("decided", sa.JSON),
    )
    op.create_table(
        "actions",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("reference", sa.String, sa.ForeignKey("audits.reference"), nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("due", sa.Date),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("done_on", sa.Date),
        sa.Column("supervision_on", sa.Date),
        sa.Column("verified_on", sa.Date),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("same_as", sa.String),
        sa.Column("manager", sa.String),
    )
    op.create_index("ix_actions_reference", "actions", ["reference"])
    op.create_index("ix_actions_state", "actions", ["state"])
    op.create_table(
        "action_lists",
        sa.Column("reference", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("sent_on", sa.Date, nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("actions", sa.JSON, nullable=False),
        sa.Column("answered", sa.JSON),
    )
    op.add_column("audits", sa.Column("concern_confirmed", sa.Date))
    op.add_column("outbox", sa.Column("within", sa.String, nullable=False, server_default=""))
    op.create_index("ix_outbox_within", "outbox", ["within"])
