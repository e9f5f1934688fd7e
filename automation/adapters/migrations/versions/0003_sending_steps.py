"""How far each letter has come in a mailbox that sends drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the steps. Letters that went before have none."""
    op.create_table(
        "sending_steps",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("step", sa.String, nullable=False),
        sa.Column("draft", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
    )
