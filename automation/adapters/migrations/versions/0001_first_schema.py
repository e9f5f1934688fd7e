"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "facts",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "people",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("team", sa.String),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("line_manager", sa.String),
        sa.Column("left_on", sa.Date),
        sa.Column("exempt_from", sa.Date),
        sa.Column("exempt_until", sa.Date),
        sa.Column("exempt_reason", sa.String, nullable=False),
    )
    op.create_table(
        "teams",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("manager", sa.String),
        sa.Column("service_manager", sa.String),
        sa.Column("head_of_service", sa.String),
    )
    op.create_table(
        "special_rounds",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("first", sa.Date, nullable=False),
        sa.Column("last", sa.Date, nullable=False),
        sa.Column("start", sa.Date, nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("skipped", sa.String, nullable=False),
    )
    op.create_table(
        "audits",
        sa.Column("reference", sa.String, primary_key=True),
        sa.Column("round", sa.String, nullable=False),
        sa.Column("case_number", sa.String, nullable=False),
        sa.Column("plan_type", sa.String, nullable=False),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("auditor", sa.String),
        sa.Column("social_worker", sa.String),
        sa.Column("previous_worker", sa.String),
        sa.Column("reallocated_on", sa.Date),
        sa.Column("reviewer", sa.String),
        sa.Column("moderator", sa.String),
        sa.Column("delegate", sa.String),
        sa.Column("extension", sa.Date),
        sa.Column("extension_approved_by", sa.String, nullable=False),
        sa.Column("exempt_reason", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("waiting", sa.Boolean, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.UniqueConstraint("round", "case_number", name="one_audit_per_case_and_round"),
    )
    op.create_index("ix_audits_round", "audits", ["round"])
    op.create_table(
        "postings",
        sa.Column("reference", sa.String, sa.ForeignKey("audits.reference"), primary_key=True),
        sa.Column("role", sa.String, primary_key=True),
        sa.Column("turn", sa.Integer, primary_key=True),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
    )
    op.create_table(
        "returns",
        sa.Column("reference", sa.String, sa.ForeignKey("audits.reference"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("form", sa.String, nullable=False),
        sa.Column("sender", sa.String, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("rows", sa.JSON, nullable=False),
    )
    op.create_index("ix_returns_form", "returns", ["form"])
    op.create_table(
        "mails",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("sender", sa.String, nullable=False),
        sa.Column("dealt_at", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("reference", sa.String),
        sa.Column("thread", sa.String, nullable=False),
        sa.Column("folder", sa.String, nullable=False),
        sa.Column("filed_as", sa.String, nullable=False),
        sa.Column("forms", sa.JSON, nullable=False),
        sa.Column("reply_key", sa.String),
        sa.Column("reply", sa.JSON),
        sa.Column("filed", sa.Boolean, nullable=False),
        sa.Column("concern", sa.Boolean, nullable=False),
        sa.Column("form_waits", sa.Boolean, nullable=False),
        sa.Column("named", sa.JSON, nullable=False),
    )
    op.create_index("ix_mails_reference", "mails", ["reference"])
    op.create_table(
        "outbox",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("about", sa.String, nullable=False),
        sa.Column("recipient", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("copied", sa.JSON, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("claimed_at", sa.String, nullable=False),
        sa.Column("settled_at", sa.String),
    )
    op.create_index("ix_outbox_about", "outbox", ["about"])
    op.create_index("ix_outbox_state", "outbox", ["state"])
    op.create_table(
        "problems",
        sa.Column("source", sa.String, primary_key=True),
        sa.Column("where", sa.String, primary_key=True),
        sa.Column("what", sa.Text, primary_key=True),
        sa.Column("remedy", sa.Text, nullable=False),
        sa.Column("stops", sa.Boolean, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("first_seen", sa.Date, nullable=False),
    )
    op.create_table(
        "history",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("about", sa.String, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("previous", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
    )
    op.create_index("ix_history_about", "history", ["about"])
