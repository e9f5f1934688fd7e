"""Exactly who was sent what: for the 72 hours in which a breach must be told. Changes nothing."""

import json
from collections.abc import Iterator, Mapping, Sequence

from .domain.biography import MESSAGES
from .domain.identify import person_at
from .domain.ids import AuditRef, StaffKey
from .domain.message import Fact
from .domain.people import Organisation
from .ports import Sending, Store


def who_got(store: Store, reference: str) -> dict[str, Fact] | None:
    """What went about one audit, one list of actions, one report or one round; and the lists that an
    audit's actions stood on. None when nothing is known by that name."""
    about = _about(store, reference)
    if not about:
        return None
    sendings = [one for name in about for one in store.sendings(about=name) if _wanted(one, reference)]
    sendings.sort(key=lambda one: (one.claimed_at, one.key))
    return _told(store, {"about": reference}, sendings)


def person_got(store: Store, person: str) -> dict[str, Fact] | None:
    """All that one person was sent, by staff key, name or address: at each address that they had. None when
    nobody is known by that."""
    organisation = store.organisation()
    named = [one for one in organisation.people.values() if person.casefold() == one.name.casefold()]
    found = organisation.person(StaffKey(person)) or person_at(person, organisation)
    found = found or (named[0] if len(named) == 1 else None)
    asked = {person} | ({str(found.key), found.address} if found else set())
    sendings = {one.key: one for name in asked for one in store.sent_to(name)}
    if found is None and not sendings:
        return None
    mails = [one for one in sendings.values() if not one.within]
    mails.sort(key=lambda one: (one.claimed_at, one.key))
    return _told(store, {"person": found.name if found else person}, mails)


def _about(store: Store, reference: str) -> list[str]:
    """What messages are about that the reference names: an audit's own and the lists with its actions."""
    if store.audit(AuditRef(reference)) is not None:
        return [reference, *store.content(AuditRef(reference)).lists]
    round_ = reference.removeprefix("CFA-").removesuffix("-REPORT")
    return next(
        ([one] for one in dict.fromkeys((reference, round_)) if store.sendings(about=one)),
        [reference] if store.action_list(AuditRef(reference)) else [],
    )


def _wanted(one: Sending, reference: str) -> bool:
    return not reference.endswith("-REPORT") or one.kind.startswith("report")


def _told(store: Store, head: Mapping[str, Fact], sendings: Sequence[Sending]) -> dict[str, Fact]:
    organisation = store.organisation()
    files = _Files(store)
    tombs = store.tombstones()
    erased = tombs.get(str(head.get("about", "")))
    return {
        **head,
        "erased": json.loads(erased) if erased else None,
        "sent": tuple(_sending(one, store, organisation, files) for one in sendings),
    }


def _sending(one: Sending, store: Store, organisation: Organisation, files: "_Files") -> Mapping[str, Fact]:
    mail = one.within or one.key
    parts = store.sent_within(mail)
    attached = files.of(mail)
    return {
        "at": one.settled_at or one.claimed_at,
        "certain": one.state == "sent",
        "state": "being sent" if one.state == "claimed" else one.state,
        "kind": one.kind,
        "what": _words(one.kind),
        "to": _person(organisation, one.recipient, one.address),
        "copied": tuple(_person(organisation, "", address) for address in one.copied),
        "about": tuple(dict.fromkeys((one.about, *(part.about for part in parts)))),
        "files": attached if attached is not None else (),
        "files_known": attached is not None,
        "key": one.key,
        "mail": mail,
    }


def _words(kind: str) -> str:
    said = MESSAGES.get(kind, "")
    return said.split(":")[0].split("{")[0].strip() if said else kind.replace("_", " ")


def _person(organisation: Organisation, key: str, address: str) -> Mapping[str, Fact]:
    found = organisation.person(StaffKey(key)) if key else person_at(address, organisation)
    return {"key": found.key if found else key, "name": found.name if found else "", "address": address}


class _Files:
    """What was attached to each mail, as the history has it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._by_about: dict[str, dict[str, tuple[Fact, ...]]] = {}

    def of(self, mail: str) -> tuple[Fact, ...] | None:
        """The files of a mail, each by name and hash; None where the history does not say: it went before
        hashes were kept, or a pass that was broken off sent it."""
        about = mail.split("/", 1)[0]
        if about not in self._by_about:
            self._by_about[about] = dict(self._read(about))
        return self._by_about[about].get(mail)

    def _read(self, about: str) -> Iterator[tuple[str, tuple[Fact, ...]]]:
        for past in self._store.history(about):
            files, key = past.event.facts.get("files"), past.event.facts.get("key")
            if isinstance(files, tuple) and key:
                yield str(key), files
