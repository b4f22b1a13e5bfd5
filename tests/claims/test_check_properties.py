"""What holds for every claim beside every chart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from coding import code
from coding.billed import WRONG, Billed, BilledClaim
from coding.check import check, corrected_claim, placed
from coding.check_lines import OTHER, family_of, judged
from coding.codes import CODES
from coding.model import Encounter, Quantity, Waste
from coding.rules import CARDS
from tests.charts import payers, settings, visits
from tests.claims.made import claim_of, policy_of, totals

OTHERS = ("99213", "99211", "36415", "J1745", "J2405", "J9999", "Q5103", "96379")
DATES = ("2026-03-10", "2026-03-11", "2026-03-12", "")
WASTE = (
    None,
    Waste(((2, Quantity(500, "mg")),), None, True, "no waste"),
    Waste(((1, Quantity(1, "g")),), Quantity(250, "mg"), False, "250 mg wasted"),
    Waste((), Quantity(10, "mg"), True, "10 mg wasted, no waste"),
)


@st.composite
def charts(draw: st.DrawFn) -> Encounter:
    """A visit whose rows also have doses, and some of them vials or waste."""
    chart = draw(visits(5))
    rows = []
    for row in chart.administrations:
        if row.technique == "infusion" and row.dose is None and draw(st.booleans()):
            row = row._replace(
                dose=Quantity(draw(st.sampled_from((100, 400, 750))), "mg"), waste=draw(st.sampled_from(WASTE))
            )
        rows.append(row)
    return chart._replace(administrations=tuple(rows))


@st.composite
def wrong(draw: st.DrawFn, claim: BilledClaim) -> BilledClaim:
    """The claim with up to four mistakes."""
    lines = list(claim.lines)
    for _ in range(draw(st.integers(1, 4))):
        match draw(st.sampled_from(("drop", "units", "code", "modifier", "date", "add", "twice"))):
            case "drop" if lines:
                lines.pop(draw(st.integers(0, len(lines) - 1)))
            case "add":
                added = draw(st.sampled_from((*sorted(CODES), *OTHERS)))
                lines.append(Billed(added, draw(st.integers(1, 9)), (), draw(st.sampled_from(DATES))))
            case "twice" if lines:
                lines.append(draw(st.sampled_from(lines)))
            case change if lines:
                index = draw(st.integers(0, len(lines) - 1))
                line = lines[index]
                if change == "units":
                    line = line._replace(units=draw(st.sampled_from((-1, 0, 1, 2, 3, 8, 10**9))))
                elif change == "code":
                    line = line._replace(code=draw(st.sampled_from(sorted(CODES))))
                elif change == "modifier":
                    line = line._replace(
                        modifiers=draw(
                            st.sampled_from(((), ("59",), ("JZ",), ("JW",), ("XU",), ("25",), ("PO",), ("KX",)))
                        )
                    )
                else:
                    line = line._replace(date=draw(st.sampled_from(DATES)))
                lines[index] = line
            case _:
                pass
    return claim._replace(lines=tuple(lines))


@tuned(max_examples=150, deadline=None)
@given(charts(), settings, payers)
def test_a_claim_made_of_the_answer_has_no_finding(chart: Encounter, setting: str, payer: str) -> None:
    policy = policy_of(setting, payer)
    coded = code(chart, policy)
    found = check(claim_of(coded), coded, chart, policy)
    assert {one.kind for one in found} <= {"above-unlikely-limit", "open-question", "not-payable"}
    assert not [one for one in found if one.severity == WRONG]


@tuned(max_examples=150, deadline=None)
@given(charts(), settings, payers, st.data())
def test_applying_all_findings_gives_the_coded_lines(
    chart: Encounter, setting: str, payer: str, data: st.DataObject
) -> None:
    """Lines that are not judged stay as they were; payment modifiers are carried along and set aside here."""
    policy = policy_of(setting, payer)
    coded = code(chart, policy)
    claim = placed(data.draw(wrong(claim_of(coded))))
    found = check(claim, coded, chart, policy)
    if any(one.kind == "no-visit-that-day" for one in found):
        return  # nothing was compared
    kept = [one for one in claim.lines if one.units > 0 and (family_of(one.code) in (OTHER, "unknown drug"))]
    kept = [one for one in kept if one.code != "99211" or not coded.lines]
    result = [_judged(one) for one in corrected_claim(claim, found)]
    expected = [_judged(one) for one in (*coded.lines, *coded.drug_lines, *kept)]
    assert _undated(result, claim) == _undated(expected, claim), found


def _judged(line):  # type: ignore[no-untyped-def]
    return line._replace(modifiers=judged(line.code, line.modifiers))


def _undated(lines, claim):  # type: ignore[no-untyped-def]
    """Where the claim leaves dates out, they cannot be compared."""
    without = any(not one.date for one in claim.lines)
    return totals(one._replace(date="") if without else one for one in lines)


@tuned(max_examples=150, deadline=None)
@given(charts(), settings, payers, st.data())
def test_every_finding_says_something_true_to_form(
    chart: Encounter, setting: str, payer: str, data: st.DataObject
) -> None:
    policy = policy_of(setting, payer)
    coded = code(chart, policy)
    claim = placed(data.draw(wrong(claim_of(coded))))
    rows = {row.id for row in chart.administrations}
    places = [line.place for line in claim.lines]
    told: list[str] = []
    for one in check(claim, coded, chart, policy):
        assert set(one.rules) <= set(CARDS) and (one.rules or one.kind == "other-family"), one
        assert set(one.administrations) <= rows, one
        assert set(one.billed) <= set(places), one
        assert one.says[:1].isupper() or one.says[0].isdigit(), one
        assert one.says.endswith(".") and "  " not in one.says and ".." not in one.says and " ." not in one.says, (
            one.says
        )
        told += one.billed
    assert len(told) == len(set(told))


@tuned(max_examples=150, deadline=None)
@given(charts(), settings, payers)
def test_a_chart_that_waits_for_an_answer_is_not_called_wrongly_billed(
    chart: Encounter, setting: str, payer: str
) -> None:
    """The claim bills what the chart gives once every stop is charted; where a stop is missing, that is asked.

    A second charting of a row is answered already: it waits for nothing.
    """
    policy = policy_of(setting, payer)
    coded = code(chart, policy)
    twice = {one.resource for one in coded.not_billed if "run.duplicate" in one.rules}
    whole = chart._replace(
        administrations=tuple(
            row._replace(stop=row.start._replace(at=row.start.at + 7200))
            if row.stop is None and row.start and row.technique == "infusion" and row.id not in twice
            else row
            for row in chart.administrations
        )
    )
    found = check(claim_of(code(whole, policy)), coded, chart, policy)
    assert not [one for one in found if one.severity == WRONG], found
