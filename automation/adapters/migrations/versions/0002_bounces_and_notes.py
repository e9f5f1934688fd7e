"""Delivery reports, notes for QA, the order of the mails, and when each version of a form arrived."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add them to the mails. Those dealt with before have no bounces or notes, and their turn by stamp."""
    for name in ("bounces", "notes"):
        op.add_column("mails", sa.Column(name, sa.JSON, nullable=False, server_default="[]"))
    op.add_column("mails", sa.Column("turn", sa.Integer, nullable=False, server_default="0"))
    op.create_index("ix_mails_turn", "mails", ["turn"])
    op.add_column("returns", sa.Column("arrived", sa.String, nullable=False, server_default=""))
    db = op.get_bind()
    mails = sa.table("mails", sa.column("id"), sa.column("dealt_at"), sa.column("turn"))
    known = db.execute(sa.select(mails.c.id).order_by(mails.c.dealt_at, mails.c.id)).scalars().all()
    for turn, mail_id in enumerate(known, start=1):
        db.execute(sa.update(mails).where(mails.c.id == mail_id).values(turn=turn))
