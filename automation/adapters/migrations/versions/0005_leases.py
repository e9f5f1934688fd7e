"""Who makes the pass, where several hosts share the database."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the lease, which nobody has yet."""
    leases = op.create_table(
        "leases",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
    )
    op.bulk_insert(leases, [{"name": "pass", "number": 0, "holder": "", "until": None}])
