"""The store's tables. The migrations make them; a test compares the two."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

facts = Table(
    "facts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)
"""Single facts by name, such as which version of the sheet was read last."""

people = Table(
    "people",
    metadata,
    Column("key", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("address", String, nullable=False),
    Column("role", String, nullable=False),
    Column("team", String),
    Column("service", String, nullable=False),
    Column("line_manager", String),
    Column("left_on", Date),
    Column("exempt_from", Date),
    Column("exempt_until", Date),
    Column("exempt_reason", String, nullable=False),
)

teams = Table(
    "teams",
    metadata,
    Column("name", String, primary_key=True),
    Column("service", String, nullable=False),
    Column("manager", String),
    Column("service_manager", String),
    Column("head_of_service", String),
)

special_rounds = Table(
    "special_rounds",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("start", Date, nullable=False),
    Column("due", Date, nullable=False),
    Column("skipped", String, nullable=False),
)

audits = Table(
    "audits",
    metadata,
    Column("reference", String, primary_key=True),
    Column("round", String, nullable=False, index=True),
    Column("case_number", String, nullable=False),
    Column("plan_type", String, nullable=False),
    Column("team", String, nullable=False),
    Column("row", Integer, nullable=False),
    Column("auditor", String),
    Column("social_worker", String),
    Column("previous_worker", String),
    Column("reallocated_on", Date),
    Column("reviewer", String),
    Column("moderator", String),
    Column("delegate", String),
    Column("extension", Date),
    Column("extension_approved_by", String, nullable=False),
    Column("concern_confirmed", Date),
    Column("exempt_reason", String, nullable=False),
    Column("status", String, nullable=False),
    Column("waiting", Boolean, nullable=False),
    Column("gone", Boolean, nullable=False),
    UniqueConstraint("round", "case_number", name="one_audit_per_case_and_round"),
)

postings = Table(
    "postings",
    metadata,
    Column("reference", String, ForeignKey("audits.reference"), primary_key=True),
    Column("role", String, primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("person", String, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
)

returns = Table(
    "returns",
    metadata,
    Column("reference", String, ForeignKey("audits.reference"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("on", Date, nullable=False),
    Column("form", String, nullable=False, index=True),
    Column("sender", String, nullable=False),
    Column("answers", JSON, nullable=False),
    Column("rows", JSON, nullable=False),
    Column("arrived", String, nullable=False, server_default=""),
)

moderations = Table(
    "moderations",
    metadata,
    Column("reference", String, ForeignKey("audits.reference"), primary_key=True),
    Column("moderator", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("chosen_on", Date, nullable=False),
    Column("due", Date, nullable=False),
    Column("why", String, nullable=False),
    Column("answered", JSON(none_as_null=True)),
)

responses = Table(
    "responses",
    metadata,
    Column("reference", String, ForeignKey("audits.reference"), primary_key=True),
    Column("person", String, primary_key=True),
    Column("answered", JSON(none_as_null=True), nullable=False),
)

disputes = Table(
    "disputes",
    metadata,
    Column("reference", String, ForeignKey("audits.reference"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("decider", String, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("due", Date, nullable=False),
    Column("decided", JSON(none_as_null=True)),
)

actions = Table(
    "actions",
    metadata,
    Column("id", String, primary_key=True),
    Column("reference", String, ForeignKey("audits.reference"), nullable=False, index=True),
    Column("source", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("owner", String, nullable=False),
    Column("due", Date),
    Column("state", String, nullable=False, index=True),
    Column("done_on", Date),
    Column("supervision_on", Date),
    Column("verified_on", Date),
    Column("comment", Text, nullable=False),
    Column("same_as", String),
    Column("manager", String),
)

action_lists = Table(
    "action_lists",
    metadata,
    Column("reference", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("person", String, nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("due", Date, nullable=False),
    Column("actions", JSON, nullable=False),
    Column("answered", JSON(none_as_null=True)),
)

report_versions = Table(
    "report_versions",
    metadata,
    Column("reference", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("round", String, nullable=False),
    Column("made_on", Date, nullable=False),
    Column("cut_off", Date, nullable=False),
    Column("author", String, nullable=False),
    Column("content", String, nullable=False),
    Column("made_from", String, nullable=False),
    Column("head", String, nullable=False),
    Column("said", JSON, nullable=False),
)

report_holds = Table(
    "report_holds",
    metadata,
    Column("round", String, primary_key=True),
    Column("held", Boolean, nullable=False),
    Column("since", Date, nullable=False),
    Column("author", String, nullable=False),
)

rolled_up = Table(
    "rolled_up",
    metadata,
    Column("round", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("point", JSON, nullable=False),
)
"""A round's headline figures: a trend over years reads a row for each round and no audit."""

sending_steps = Table(
    "sending_steps",
    metadata,
    Column("key", String, primary_key=True),
    Column("step", String, nullable=False),
    Column("draft", String, nullable=False),
    Column("at", String, nullable=False),
    Column("tries", Integer, nullable=False),
)
"""How far each letter has come in a mailbox that sends drafts. It outlives its claim: a draft that was
handed over once is the one to hand over again."""

mails = Table(
    "mails",
    metadata,
    Column("id", String, primary_key=True),
    Column("on", Date, nullable=False),
    Column("sender", String, nullable=False),
    Column("dealt_at", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("why", Text, nullable=False),
    Column("reference", String, index=True),
    Column("thread", String, nullable=False),
    Column("folder", String, nullable=False),
    Column("filed_as", String, nullable=False),
    Column("forms", JSON, nullable=False),
    Column("reply_key", String),
    Column("reply", JSON),
    Column("filed", Boolean, nullable=False),
    Column("concern", Boolean, nullable=False),
    Column("form_waits", Boolean, nullable=False),
    Column("named", JSON, nullable=False),
    Column("bounces", JSON, nullable=False, server_default="[]"),
    Column("notes", JSON, nullable=False, server_default="[]"),
    Column("turn", Integer, nullable=False, server_default="0", index=True),
)
"""Every mail that was dealt with, one outcome each, and the reply it is owed. `turn` counts them in the
order in which they were dealt with: a whole pass has one stamp."""

outbox = Table(
    "outbox",
    metadata,
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("about", String, nullable=False, index=True),
    Column("recipient", String, nullable=False),
    Column("address", String, nullable=False),
    Column("copied", JSON, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("claimed_at", String, nullable=False),
    Column("settled_at", String),
    Column("within", String, nullable=False, server_default="", index=True),
)
"""Every message: claimed before it is sent, then sent or doubtful."""

problems = Table(
    "problems",
    metadata,
    Column("source", String, primary_key=True),
    Column("where", String, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("remedy", Text, nullable=False),
    Column("stops", Boolean, nullable=False),
    Column("row", Integer, nullable=False),
    Column("first_seen", Date, nullable=False),
)

history = Table(
    "history",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("about", String, nullable=False, index=True),
    Column("what", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
)
"""Append-only. Each row's hash covers the row and the hash before it."""

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("holder", String, nullable=False),
    Column("until", DateTime(timezone=True)),
)
"""Who makes the pass, where several hosts share the database. It has one row."""
