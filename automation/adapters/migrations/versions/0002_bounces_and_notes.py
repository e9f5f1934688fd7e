"""What delivery reports say, and what QA should look at in a returned form."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add both to the mails: those dealt with before have none."""
    for name in ("bounces", "notes"):
        op.add_column("mails", sa.Column(name, sa.JSON, nullable=False, server_default="[]"))
