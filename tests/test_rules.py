"""The rule cards and the tables beside them: complete, sourced, dated, linked to each other, in our own words."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from coding import rules
from coding.policy import SWITCHES, payer_named, payers
from coding.rules import CARDS, DATES, NUMBERS, PROBLEMS, SOURCES, THRESHOLDS, TableError, card, in_force

IDS = re.findall(
    r"\S+",
    """
time.infusion-minimum time.first-hour time.additional-hour time.actual-minutes time.no-carryover time.zero-duration
time.stop-before-start time.implausible-duration
documentation.start-and-stop documentation.derived-stop documentation.missing-stop documentation.missing-start
documentation.order documentation.still-running
initial.one-per-site initial.facility-rank initial.tie initial.professional-reason initial.restart site.second-site
encounter.same-day encounter.running-on-arrival encounter.em-same-day encounter.critical-care encounter.inpatient
encounter.facility-place encounter.home encounter.midnight encounter.observation-days encounter.unresolved
encounter.unit-dating
sequential.new-drug sequential.same-drug sequential.different-dose mix.one-bag
concurrent.once concurrent.split concurrent.jitter concurrent.chemo concurrent.lumens
push.new-drug push.same-drug push.long push.short-infusion push.bolus-then-infusion push.during-own-infusion
push.after-own-infusion push.test-dose push.chemo
hydration.definition hydration.minimum hydration.secondary hydration.units hydration.not-concurrent hydration.segments
hydration.second-site hydration.necessity hydration.electrolyte-therapeutic
chemo.scope chemo.cms-named chemo.complexity chemo.profile chemo.hormonal chemo.injection chemo.methotrexate
chemo.sequence chemo.pump chemo.intra-arterial chemo.unlisted chemo.cavity
injection.each-dose injection.split-dose injection.subcutaneous-infusion injection.on-body injection.intra-arterial
port.flush-only
run.merge run.pause run.titrated run.stopped-early run.duplicate run.pca run.insulin-heparin
excluded.status excluded.carrier excluded.keep-open excluded.flush excluded.route excluded.procedure excluded.contrast
excluded.blood excluded.transfusion-premedication excluded.vaccine excluded.declot excluded.oxytocin excluded.own-code
excluded.before-arrival
edit.modifier-59 edit.add-on-primary edit.unlikely-units edit.hydration-pair edit.one-initial-audit edit.diagnosis-link
drug.units drug.wastage drug.no-waste drug.kx drug.unknown
payer.medicare-opps payer.medicare-office payer.unitedhealthcare payer.cigna payer.regence payer.select-health
payer.priority-health payer.aetna payer.humana
""",
)

RULEBOOK_IDS = re.findall(
    r"\S+",
    """
TIME-INF-MIN TIME-FIRST-HOUR TIME-ADDL-HOUR TIME-ACTUAL TIME-NO-CARRYOVER TIME-ZERO TIME-NEG TIME-LONG DOC-START-STOP
DOC-DERIVE-STOP DOC-MISSING-STOP DOC-MISSING-START DOC-ORDER INIT-ONE HIER-FACILITY INIT-TIE INIT-PROFESSIONAL
INIT-RESTART SITE-TWO ENC-SAMEDAY ENC-INBOUND SEQ-NEW-DRUG SEQ-SAME-DRUG SEQ-DIFF-DOSE MIX-ONE-BAG CONC-ONCE CONC-SPLIT
CONC-JITTER CONC-CHEMO CONC-LUMENS PUSH-NEW PUSH-SAME PUSH-LONG PUSH-IVPB-SHORT PUSH-VS-INFUSION-SAME
BOLUS-THEN-INFUSION PUSH-CHEMO HYD-DEFINITION HYD-MIN-31 HYD-SECONDARY-96361 HYD-UNITS HYD-NOT-CONCURRENT HYD-SUM
HYD-SITE2 HYD-NECESSITY ELECTROLYTE-THERAPEUTIC CHEMO-SCOPE CHEMO-CMS-NAMED CHEMO-COMPLEX CHEMO-PROFILE CHEMO-HORMONAL
CHEMO-INJ-UNITS CHEMO-SEQ CHEMO-PUMP CHEMO-IA CHEMO-UNLISTED CHEMO-CAVITY INJ-96372 INJ-SPLIT-DOSE SC-INFUSION OBI-96377
PORT-96523 IA-96373 DRIP-TITRATED MAR-MERGE PAUSE-RESUME STOP-EARLY PCA INSULIN-HEPARIN PROC-INCLUDED BLOOD VACCINE
DECLOT OB-OXYTOCIN EM-25 CRITICAL-CARE INPATIENT PROF-FACILITY-POS HOME MIDNIGHT OBS-MULTIDAY NOT-BILLABLE MOD-59 MOD-25
MOD-52 MOD-53 JW/JZ MOD-KX ADDON-PRIMARY MUE NCCI-HYD-PAIR INIT-AUDIT DX-LINK DUPLICATE
""",
)

NOT_PROBLEMS = {"CHAIRTIME_SECRET", "MAX_CONTENT_LENGTH"}

# Files that hold the cards of another group beside their own.
FILE_OF_GROUP = {"site": "initial", "mix": "sequential", "port": "injection"}
FIRST_DAY_OF_FAMILY = "2009-01-01"
# Telltale pieces of the official descriptors, which are the American Medical Association's and may not be here.
DESCRIPTOR_PHRASES = (
    "specify substance or drug",
    "list separately in addition",
    "each additional hour",
    "initial, up to 1 hour",
    "up to 1 hour",
    "single or initial substance",
    "each additional sequential",
    "for therapy, prophylaxis, or diagnosis",
    "therapeutic, prophylactic, or diagnostic injection",
    "chemotherapy administration, intravenous",
    "initiation of prolonged",
    "provided in a facility",
)
# Cards whose sentence must print the threshold that they name (or the last value below it).
PRINTED = ("infusion_minimum", "hydration_minimum", "bolus_window", "keep_open_flag_max_ml_h", "pump_minimum_hours")


def words_of(found: rules.Card) -> str:
    return " ".join((found.title, found.says, found.disagree, found.seeds))


@pytest.fixture(scope="module")
def tables() -> dict[str, str]:
    """Our own TOML files by name."""
    root = rules.tables()
    names = ("sources.toml", "switches.toml", "thresholds.toml", "problems.toml")
    found = {name: root.joinpath(name).read_text("utf-8") for name in names}
    for folder in ("rules", "payers"):
        for file in root.joinpath(folder).iterdir():
            found[f"{folder}/{file.name}"] = file.read_text("utf-8")
    return found


def test_every_rule_has_its_card_and_no_other() -> None:
    assert sorted(CARDS) == sorted(IDS)


def test_every_rule_of_the_rulebook_has_a_card() -> None:
    assert sorted({name for found in CARDS.values() for name in found.aka}) == sorted(set(RULEBOOK_IDS))


@pytest.mark.parametrize("id", IDS)
def test_card_is_whole(id: str) -> None:
    found = card(id)
    assert found.id == id
    assert found.sources and all(tag in SOURCES for tag in found.sources)
    assert len(set(found.sources)) == len(found.sources)
    assert found.settings and set(found.settings) <= {"facility", "professional"}
    assert found.holds_from >= FIRST_DAY_OF_FAMILY
    assert not found.holds_until or found.holds_from <= found.holds_until
    assert all(name in THRESHOLDS._fields for name in found.thresholds)
    assert all(name in SWITCHES for name in found.switch)
    assert len(found.title) < 70 and not found.title.endswith(".")
    for text in filter(None, (found.says, found.disagree, found.seeds)):
        assert text.endswith("."), text
        assert "  " not in text and "\n" not in text, text
    assert 1 <= len(re.findall(r"[.:?!](?= [A-Z0-9]|$)", found.says)) <= 6, "one to four plain sentences"
    assert len(found.says) < 640


@pytest.mark.parametrize("id", IDS)
def test_memory_alone_is_never_high_confidence(id: str) -> None:
    found = card(id)
    documents = [tag for tag in found.sources if SOURCES[tag].kind not in ("house", "unverified")]
    if "UNVERIFIED" in found.sources and not documents:
        assert found.confidence in ("medium", "low")


def test_each_group_has_its_file(tables: dict[str, str]) -> None:
    for id in IDS:
        group = id.split(".")[0]
        assert f'id = "{id}"' in tables[f"rules/{FILE_OF_GROUP.get(group, group)}.toml"], id


def test_cards_and_switches_name_each_other() -> None:
    for found in CARDS.values():
        for name in found.switch:
            assert found.id in SWITCHES[name].cards, f"{name} does not name {found.id}"
    for switch in SWITCHES.values():
        assert switch.cards, switch.name
        for id in switch.cards:
            assert switch.name in card(id).switch, f"{id} does not name {switch.name}"


def test_every_source_and_threshold_is_used() -> None:
    used = {tag for found in CARDS.values() for tag in found.sources}
    used |= {tag for number in NUMBERS.values() for tag in number.sources}
    for payer in map(payer_named, payers()):
        used |= set(payer.sources) | {tag for one in payer.differs for tag in one.sources}
    prose = " ".join(map(words_of, CARDS.values()))
    assert [tag for tag in SOURCES if tag not in used and tag not in prose] == []
    assert {tag for number in NUMBERS.values() for tag in number.sources} <= set(SOURCES)
    assert {name for found in CARDS.values() for name in found.thresholds} == set(THRESHOLDS._fields)


def test_sources_have_addresses() -> None:
    for source in SOURCES.values():
        if source.kind in ("house", "unverified"):
            assert source.address == ""
        else:
            assert re.match(r"https?://\S+$", source.address), source.tag
        assert source.title and source.seen.endswith("."), source.tag


@pytest.mark.parametrize("id", IDS)
def test_names_in_prose_exist(id: str) -> None:
    text = words_of(card(id))
    for group in re.findall(r"\(([A-Z][A-Z0-9-]+(?:, [A-Z][A-Z0-9-]+)*)\)", text):
        for tag in group.split(", "):
            assert tag in SOURCES or re.fullmatch(r"[A-Z]\d{4}", tag), tag
    for name, value in re.findall(r"\b([a-z]+(?:_[a-z0-9]+)*) = (\w+)", text):
        assert name in SWITCHES, name
        SWITCHES[name].parse(value)
    for name in re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", text):
        assert name in SWITCHES or any(name in map(str, switch.options) for switch in SWITCHES.values()), name
    groups = "|".join({id.split(".")[0] for id in IDS})
    for other in re.findall(rf"\b(?:{groups})\.[a-z]+[a-z-]*", text):
        assert other in CARDS, other


@pytest.mark.parametrize("id", IDS)
def test_prose_prints_the_threshold_in_force(id: str) -> None:
    found = card(id)
    for name in set(PRINTED) & set(found.thresholds):
        value = getattr(THRESHOLDS, name)
        assert re.search(rf"\b({value}|{value - 1})\b", found.says), name


def test_no_descriptor_text_and_no_path_of_a_machine(tables: dict[str, str]) -> None:
    for name, text in tables.items():
        flat = " ".join(text.replace("\\\n", "").casefold().split())
        for phrase in DESCRIPTOR_PHRASES:
            assert phrase not in flat, f"{name}: {phrase}"
        assert "/work" not in flat and "/home/" not in flat and "c:\\" not in flat, name


def test_tables_carry_provenance_and_a_date(tables: dict[str, str]) -> None:
    for name, text in tables.items():
        head = text[:700]
        assert head.startswith("#") and re.search(r"20\d\d-\d\d-\d\d", head), name


def test_version_is_a_day() -> None:
    assert re.fullmatch(r"20\d\d\.[01]\d\.[0-3]\d(\.\d+)?", rules.VERSION)


def test_numbers_of_the_rules() -> None:
    assert (THRESHOLDS.infusion_minimum, THRESHOLDS.hour, THRESHOLDS.hydration_minimum) == (16, 60, 31)
    assert (THRESHOLDS.bolus_window, THRESHOLDS.pump_minimum_hours, THRESHOLDS.implausible_minutes) == (30, 8, 1440)
    assert all(isinstance(value, int) for value in THRESHOLDS)
    assert all(rules.is_day(day) for day in DATES)
    assert DATES.jz_from == card("drug.no-waste").holds_from
    assert DATES.jw_from == card("drug.wastage").holds_from


@pytest.mark.parametrize(
    ("id", "day", "holds"),
    [
        ("time.first-hour", "2008-12-31", False),
        ("time.first-hour", "2009-01-01", True),
        ("drug.wastage", "2016-12-31", False),
        ("drug.wastage", datetime.date(2017, 1, 1), True),
        ("drug.no-waste", "2023-06-30", False),
        ("drug.no-waste", datetime.date(2023, 7, 1), True),
        ("chemo.complexity", "2025-01-01", False),
        ("chemo.complexity", datetime.datetime(2025, 1, 2, 9, 30, tzinfo=datetime.UTC), True),
        ("payer.cigna", "2019-05-17", False),
        ("payer.cigna", "2019-05-18", True),
    ],
)
def test_in_force(id: str, day: str | datetime.date, holds: bool) -> None:
    assert in_force(card(id), day) is holds


def test_a_card_ends() -> None:
    ended = card("time.first-hour")._replace(holds_until="2030-06-30")
    assert in_force(ended, "2030-06-30") and not in_force(ended, "2030-07-01")


def test_sources_of_a_card_keep_their_order() -> None:
    assert tuple(source.tag for source in rules.sources(card("push.long"))) == card("push.long").sources


def test_tables_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        CARDS["time.first-hour"] = card("push.long")  # type: ignore[index]


def _raised() -> set[str]:
    """Every problem code that the program names: none is without a meaning, none in the table is without use."""
    root = Path(__file__).parent.parent
    text = " ".join(path.read_text("utf-8") for room in ("coding", "smart_app") for path in (root / room).rglob("*.py"))
    return {
        code
        for code in re.findall(r'"([A-Z][A-Z_]+[A-Z])"', text)
        if code in PROBLEMS or ("_" in code and code not in NOT_PROBLEMS)
    }


def test_problem_codes() -> None:
    assert sorted(PROBLEMS) == sorted(_raised())
    assert len({kind.number for kind in PROBLEMS.values()}) == len(PROBLEMS)
    for kind in PROBLEMS.values():
        assert 100 < kind.number < 1000 and kind.severity in ("stops", "asks", "tells")
        assert kind.meaning.endswith(".") and kind.do.endswith("."), kind.code


def test_no_problem_tells_anybody_which_time_to_chart() -> None:
    for kind in PROBLEMS.values():
        assert not re.search(r"\d\d:\d\d|chart (a|the) stop at|\b(31|91|151) minutes", kind.do), kind.code


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"number": 1, "severity": "asks", "meaning": "m.", "do": "d.", "colour": "red"}, "unknown key colour"),
        ({"number": 1, "severity": "asks", "meaning": "m."}, "do is missing"),
        ({"number": "1", "severity": "asks", "meaning": "m.", "do": "d."}, "number must be a whole number"),
        ({"number": True, "severity": "asks", "meaning": "m.", "do": "d."}, "number must be a whole number"),
        ({"number": 1, "severity": ["asks"], "meaning": "m.", "do": "d."}, "severity must be text"),
        ("STOP_MISSING", "a table is wanted"),
    ],
)
def test_a_wrong_row_names_file_and_key(row: object, says: str) -> None:
    with pytest.raises(TableError, match=rf"problems\.toml: NEW: .*{says}"):
        rules.fields(row, rules.ProblemKind, "problems.toml", "NEW", given=("code",))


def test_a_list_must_be_a_list_of_texts() -> None:
    row = {"id": "x.y", "title": "T", "says": "S.", "sources": "HOUSE"}
    with pytest.raises(TableError, match=r"rules/x\.toml: x\.y: sources must be a list of texts"):
        rules.fields(row, rules.Card, "rules/x.toml", "x.y")


def test_broken_toml_names_its_file() -> None:
    with pytest.raises(TableError, match=r"switches\.toml: not valid TOML"):
        rules.read_table("[switch", "switches.toml")
