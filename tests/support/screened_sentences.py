"""Made-up sentences of audits: clean ones, and ones with names planted in them. One seed, one set."""

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from automation.domain.ids import StaffKey, TeamName
from automation.domain.people import Organisation, Person, Team

from .sample_names import FIRST_NAMES, SURNAMES

SEED = 20_261_125
STAFF_LIKE = (
    "Siân O'Donoghue", "Anne-Marie Hollingsworth", "Łukasz Wiśniewski", "Nguyễn Thị Hoa",
    "José Álvarez-Núñez", "D'Angelo St. Clair", "Zoë Brontë-Smythe", "Mohammed Al-Farsi", "Ng Wei",
    "Van der Merwe Pieter", "Jo Ip", "Oluwaseun Adébáyò", "Renée D'Souza", "Björn Sørensen",
    "Grace Young", "Mark Hope", "Will Long", "May Good",
)  # fmt: skip
"""Names that are hard to find: accents, apostrophes, hyphens, particles, two letters, ordinary words."""

STRANGERS = (
    "Jayden", "Kayleigh", "Tyrone", "Zuzana", "Ahmed", "Ayesha", "Connor", "Ngozi", "Dariusz", "Mihaela",
    "Xiu", "Siobhán", "Oisín", "Kwabena", "Jean-Luc", "D'Shawn", "Anaïs", "Bartłomiej", "Yusuf", "Maryam",
    "Liam", "Ellie", "Tiana", "Keanu", "Rhiannon", "Hamza", "Nevaeh", "Kofi", "Svetlana", "Ioana", "Thuy",
    "Rajvir", "Mckenzie", "Szymon", "Aoife", "Deshawn", "LaToya", "Bjork", "Noor", "Ebony", "Reece",
    "Chantelle", "Dwayne", "Preeti",
)  # fmt: skip
STRANGE_SURNAMES = (
    "Arkwright", "Featherstonehaugh", "O'Malley", "McGonagle", "Nwosu", "Kovács", "Petrova",
    "Bhattacharya", "Khan", "Rodriguez", "Tomlinson", "Wieczorek", "Adjei-Mensah", "Sithole", "Rasheed",
    "Ogilvie", "Pemberton", "Llewellyn", "Abdi", "Dacosta", "Ferreira", "Grzelak", "Hosseini", "Ionescu",
    "Jovanović", "Kipkemboi", "Lowther", "Mbeki", "Nakamura", "Oduya", "Pryce", "Quigley", "Ravenscroft",
    "Szabó", "Trelawney", "Ulrich", "Vasquez", "Wolstenholme",
)  # fmt: skip

PLANTS = (
    "The visits by {name} were purposeful and well recorded.",
    "There was good direct work between {name} and the child.",
    "{name} completed a thorough chronology.",
    "{name} was seen alone at school and at home.",
    "Supervision with {name} did not return to earlier actions.",
    "It would help to share the safety plan with {name}.",
    "The plan was clear. {name} knew what had to change.",
    "The older sibling, {name}, was not spoken to.",
    "Learning: {name} needs support to write shorter plans.",
    "{name}’s relationship with the family made the difference.",
    "The child said that {name} listens.",
    "Managers (including {name}) did not see the delay.",
    "We could not tell whether {name} had read the assessment",
    "Contact with the father was arranged by {name}, who persisted.",
)
"""Where a name can stand: at the start, in the middle, at the end, after a full stop, in brackets."""

_WHO = (
    "The social worker", "The plan", "Supervision", "The assessment", "Management oversight",
    "The chronology", "A manager", "The core group", "Direct work", "The review",
    "The family network meeting", "Case recording", "Analysis of risk", "The pathway plan", "The IRO",
    "School staff", "The health visitor", "A Team Manager", "The Head of Service",
    "Family Group Conference planning", "Children’s Services", "Early Help", "The Virtual School",
    "CAMHS", "Permanence planning", "The genogram", "A grandparent", "The child’s father",
    "The safety plan", "Information sharing", "The Child Protection plan", "Reflective supervision",
    "Young people", "Good practice", "An interpreter", "The closing summary",
)  # fmt: skip
_DID = (
    "was timely and helped the child feel safe", "kept the child’s lived experience in view",
    "did not say what had changed", "needs to be specific, with a person and a date for each action",
    "was shared with parents in plain language", "drew on history and on what partners knew",
    "showed warmth, patience and professional curiosity", "was overdue by several weeks",
    "explored culture, faith and identity with care", "should have been escalated sooner",
    "reduced the risk of neglect at home", "was recorded within 24 hours",
    "took account of brothers and sisters", "made good use of Signs of Safety",
    "was graded Good by the auditor", "Requires improvement because drift was not challenged",
    "helped to avoid a move of placement", "was not updated after the strategy meeting",
    "is not yet SMART", "was reviewed in October and again in the spring",
)  # fmt: skip
_HAND_WRITTEN = (
    "Chronologies are too long to be useful and do not show patterns.",
    "Ensure that fathers who live elsewhere are invited to every core group.",
    "Genograms should be completed at the first visit, not at transfer.",
    "Workers across the service would benefit from training on coercive control.",
    "Visits took place every ten days and the child was seen alone.",
    "Where a section 47 enquiry ends, tell the family the outcome in writing.",
    "Don’t use jargon: parents told us they could not follow the plan.",
    "It wasn’t clear who chaired the meeting.",
    "Practice Supervisors need time for reflective case discussion.",
    "Monthly supervision is on file, and actions are carried forward.",
    "Neglect was named early; the Graded Care Profile was used well.",
    "Teams should agree how handover is recorded when a case moves.",
    "What helped most was persistence.",
    "Persistence, honesty and humour won the trust of the young person.",
    "Health and education were equal partners in the work.",
    "Polish and Urdu interpreters were booked in good time.",
    "Over time the school saw fewer absences.",
    "By the second review the home was warm and tidy.",
    "Letterbox contact with birth parents has been kept going.",
    "Mum and Dad were seen together and apart.",
    "Parents' views are set beside those of professionals.",
    "Think family: adult services were not part of planning.",
    "Avoid copying text between siblings’ records.",
    "Thresholds were applied consistently at the Front Door.",
    "Key documents are missing (birth certificate, parental responsibility).",
    "Delegated authority is explained in the placement plan.",
    "Life Story work started late and has no end date.",
    "Foster carers described feeling listened to.",
    "Staying Put was discussed six months ahead.",
    "Use the words of the child, not ours.",
    "Strong, respectful challenge by the IRO moved the plan on.",
    "A trauma-informed approach was evident throughout.",
    "Multi-agency meetings had the right people in the room.",
    "The PLO letter was clear about what must change.",
    "Decision-making at Head of Service level was prompt.",
    "Nobody had asked the teenager what she wanted.",
    "Grandparents offered to help and were not assessed.",
    "Celebrating small steps kept the parent motivated.",
    "Actions from supervision were not tracked, so timescales slipped.",
    "We need a shared template for case summaries.",
)


@dataclass(frozen=True)
class Planted:
    """A sentence with a name in it, and what kind of name."""

    words: str
    kind: str


def staff() -> Organisation:
    """An organisation of 350 made-up people and a dozen teams."""
    chance = random.Random(SEED)
    names = [f"{chance.choice(FIRST_NAMES)} {one}" for one in SURNAMES for _ in range(4)]
    names = [*STAFF_LIKE, *dict.fromkeys(names)][:350]
    people = {
        StaffKey(f"B{number}"): Person(
            StaffKey(f"B{number}"), name, f"p{number}@council.example", "Social Worker"
        )
        for number, name in enumerate(names, start=1001)
    }
    teams = (
        "Front Door",
        "Assessment North",
        "Safeguarding Valley",
        "Looked After Moor",
        "Looked After Dale",
    )
    return Organisation(
        people, {TeamName(one): Team(TeamName(one), "Care", None, None, None) for one in teams}
    )


def _without_accents(name: str) -> str:
    parts = unicodedata.normalize("NFKD", name.replace("Ł", "L").replace("ø", "o"))
    return "".join(one for one in parts if not unicodedata.combining(one))


def planted_staff(organisation: Organisation, number: int) -> Iterator[Planted]:
    """Sentences that name staff: whole, reversed, surname, first name and initial; typed in a hurry too."""
    chance = random.Random(SEED + 1)
    people = [one.name for one in organisation.people.values()]
    for count in range(number):
        name = people[count % len(people)]
        first, last = name.split(" ")[0], name.split(" ")[-1]
        common = name in STAFF_LIKE[-4:]
        shapes = [
            ("full", name),
            ("reversed", f"{last}, {first}"),
            ("initial", f"{first} {last[0]}"),
            ("initial", f"{first[0]}. {last}"),
            ("lower case", name.lower()),
            ("upper case", name.upper()),
            ("apostrophe", name.replace("'", "’")),
            ("without accents", _without_accents(name.replace("'", "").replace("-", " ")).lower()),
            ("surname", last if not common else f"Ms {last}"),
            ("surname lower case", last.lower() if not common else f"{first} {last}".lower()),
        ]
        kind, shape = shapes[(count // len(people) + count) % len(shapes)]
        yield Planted(chance.choice(PLANTS).format(name=shape), kind)


def planted_strangers(number: int) -> Iterator[Planted]:
    """Sentences that name people who are not staff, with capitals: first name, both names, surname."""
    chance = random.Random(SEED + 2)
    for count in range(number):
        first, last = chance.choice(STRANGERS), chance.choice(STRANGE_SURNAMES)
        kind, shape = (("both", f"{first} {last}"), ("first name", first), ("surname", last))[count % 3]
        yield Planted(chance.choice(PLANTS).format(name=shape), kind)


def clean_sentences() -> list[str]:
    """Over 500 sentences that name nobody."""
    chance = random.Random(SEED + 3)
    made = {f"{chance.choice(_WHO)} {chance.choice(_DID)}." for _ in range(1000)}
    return [*_HAND_WRITTEN, *sorted(made)][:540]
