"""What nurses write, and the fact that it states: wordings and near misses for each fact of tables/phrases.toml."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.model import Quantity, Waste
from smart_app.notes import merge_facts, read_facts
from smart_app.plans import planned_minutes
from smart_app.waste import read_waste
from smart_app.wordlists import table

WORDINGS = {
    "keep-open": [
        "KVO",
        "NS at TKO rate",
        "keep vein open",
        "Saline to keep the vein open between drugs",
        "20 mL/h to maintain IV patency",
        "Running at k.v.o.",
        "kept-open line at keep-open rate",
        "NS for line patency",
    ],
    "flush": [
        "Post-infusion flush.",
        "Post-lab-draw line flush, peripheral IV.",
        "Flush after contrast.",
        "PIV flushed with 10 mL NS",
        "Flushed per protocol",
        "Heparin lock",
        "Port locked with heparin",
        "Saline lock applied",
    ],
    "port-flush": [
        "Monthly port maintenance: accessed, flushed, de-accessed. No other service.",
        "Port flush only",
        "Mediport accessed and flushed per routine",
        "q4wk flush of mediport",
        "Port-a-cath maintenance flush",
        "Accessed, flushed and deaccessed",
        "Powerport flushed with heparin 500 units",
    ],
    "carrier": [
        "Saline between units, blood tubing.",
        "Carrier fluid",
        "Used as diluent for vancomycin",
        "Primary line for piggyback meds",
        "NS mainline running for IVPB antibiotics",
        "Mixed solution",
        "To run with IVPB",
        "Vehicle for potassium",
    ],
    "between-blood": [
        "Saline between units, blood tubing.",
        "NS between the two units",
        "Hung with blood tubing",
        "NS before and after transfusion",
        "Saline with PRBC",
        "Between units of blood",
        "NS to clear blood tubing",
    ],
    "second-site-needed": [
        "Second IV site placed: phenytoin incompatible with vancomycin, both needed now.",
        "Second PIV placed: meropenem incompatible with pantoprazole, both due now.",
        "2nd IV started because pantoprazole is not Y-site compatible with vancomycin.",
        "Another peripheral IV placed in L hand. Amiodarone and heparin are incompatible.",
        "Separate PIV needed, cannot be run together with TPN",
        "Additional IV access: amphotericin must be infused separately",
        "Second line started: protocol requires a separate site",
        "Two IVs: incompatible drugs, both stat",
    ],
    "transfusion-premedication": [
        "Per transfusion protocol.",
        "Given per transfusion protocol.",
        "Premed for blood transfusion",
        "Pre-transfusion dose",
        "Given 30 min prior to PRBC",
        "Premedication before platelets",
        "Transfusion premed",
        "To prevent transfusion reaction",
    ],
    "split-dose": [
        "One 2 g dose divided into two injections because of volume.",
        "500 mg dose given as two 250 mg injections.",
        "Dose split between L and R gluteal",
        "Given in two separate injections",
        "Two injections given due to volume",
        "Ceftriaxone 1 g (first half of one 2 g dose)",
        "Injection 1 of 2",
        "split dose, both glutes",
    ],
    "running-on-arrival": [
        "Started by sending hospital, running on arrival.",
        "Infusing on arrival by EMS",
        "Magnesium drip hanging upon arrival",
        "Arrived via EMS with NS bolus infusing",
        "Started by EMS en route",
        "Initiated at outside hospital",
        "Infusion started prior to arrival",
        "Transferred with heparin gtt already running",
    ],
    "resumed": [
        "Resumed after new PIV, same bag.",
        "Infusion restarted at 50% rate",
        "Restarted at 10:40",
        "Re-started in R hand",
        "Drip resumed after MRI",
        "Reinitiated at half rate",
    ],
    "same-bag": [
        "Resumed after new PIV, same bag.",
        "Same bag rehung",
        "Remaining 120 mL infused",
        "Rest of the bag given through new IV",
        "Original bag resumed",
        "same syringe reconnected",
    ],
    "new-bag": [
        "New bag.",
        "Second bag hung at 1400",
        "Bag #2",
        "Bag changed",
        "Next bag hung",
        "Hung new bag NS",
        "2nd liter bag started",
    ],
    "infiltrated": [
        "Infiltrated.",
        "PIV infiltrated, removed",
        "Infiltration noted at L forearm",
        "Extravasation of vesicant",
        "IV blown",
        "Line tissued",
        "Site infiltrating, stopped",
    ],
    "stopped-early": [
        "Stopped for anaphylaxis, not restarted.",
        "Infusion stopped early",
        "Discontinued due to hives",
        "D/C'd before completion",
        "Aborted for hypotension",
        "Patient did not tolerate infusion",
        "Rigors, infusion stopped",
        "Partial dose given",
        "Infusion terminated prior to completion",
        "Stopped after reaction",
    ],
    "on-body": [
        "On-body injector applied",
        "Neulasta Onpro kit 6 mg",
        "OBI placed on abdomen",
        "On body injector activated",
        "Wearable injector applied to arm",
    ],
    "portable-pump": [
        "Practice-supplied ambulatory pump, 46 h, continues at home.",
        "Portable pump connected, patient sent home; disconnect scheduled in 46 h.",
        "CADD pump connected",
        "Elastomeric device attached",
        "5-FU pump hooked up",
        "Take-home pump started",
        "Baxter infusor connected",
    ],
    "implanted-pump": [
        "Implanted infusion pump",
        "Intrathecal pump accessed",
        "Hepatic artery pump filled with FUDR",
        "SynchroMed II",
        "Baclofen pump",
        "HAI pump",
    ],
    "pump-refill": [
        "Portable pump refill",
        "Pump refilled with morphine",
        "Refill of implanted pump",
        "Reservoir refilled",
        "Cassette refill: refilled CADD cassette",
    ],
    "continues-at-home": [
        "Practice-supplied ambulatory pump, 46 h, continues at home.",
        "Portable pump connected, patient sent home; disconnect scheduled in 46 h.",
        "Clinic-supplied ambulatory pump connected, 46 h at home.",
        "Discharged home with pump infusing",
        "Pt to return for disconnect",
        "Infusion continues at home",
        "Went home with CADD running",
    ],
    "practice-pump": [
        "Practice-supplied ambulatory pump",
        "Clinic-supplied portable pump connected",
        "Office-owned CADD",
        "Pump supplied by our clinic",
        "Clinic's pump",
        "Hospital-provided elastomeric pump",
        "Pump is property of the practice",
    ],
    "test-dose": [
        "Test dose 25 mg",
        "Test-dose given first",
        "Trial dose",
        "iron dextran test dose tolerated",
        "test injection, observed 1 h",
    ],
    "loading-dose": ["Loading dose", "Loading bolus 4 g", "Loaded with 20 mg/kg", "PCA load 2 mg by RN", "Magnesium load 4 g over 20 min"],
    "basal-rate": [
        "Basal rate 1 mg/h",
        "PCA with basal infusion",
        "Background infusion 10 mcg/h",
        "Continuous rate 2 mg/h",
        "basal 0.5 mg/h",
        "Basal: 1 mg/h",
    ],
    "clinician-present": [
        "RN present throughout",
        "RN at bedside during the dose",
        "Pushed by RN over 5 minutes",
        "Nurse remained with patient",
        "Manual IV push",
        "Hand-push over 10 min",
        "1:1 RN observation",
    ],
    "complexity": [
        "Highly complex biologic administration",
        "Complex drug administration documented",
        "Complexity criteria met",
        "Meets criteria for complex administration",
        "Complexity of infusion documented",
    ],
    "hydration-reason": [
        "Dehydration",
        "Poor oral intake x3 days",
        "Unable to keep fluids down",
        "Hyperemesis",
        "Infuse IV as ordered for nausea with vomiting",
        "AKI",
        "Volume depletion",
        "Pre-hydration for cisplatin",
        "Rhabdomyolysis",
        "Hypotension, fluid resuscitation",
    ],
    "procedural": [
        "Post-procedure pain, PACU order set.",
        "Pre-op antibiotic",
        "Given during colonoscopy",
        "Intraoperative dose",
        "Per anesthesia",
        "For procedure",
        "Surgical prophylaxis",
        "Cath lab",
    ],
    "sedation": [
        "Moderate sedation",
        "Conscious sedation for EGD",
        "Given for sedation",
        "Procedural sedation",
        "Sedated for cardioversion",
        "Deep sedation by anesthesia",
    ],
    "contrast": [
        "IV contrast for CT",
        "Omnipaque 350",
        "Gadolinium",
        "IV push (power injector)",
        "Contrast media",
        "CT contrast",
        "Iohexol 350 mg iodine/mL contrast",
        "Kontrastmittelgabe",
    ],
    "vaccine": ["Influenza vaccine, quadrivalent 0.5 mL", "Tdap", "Tetanus toxoid", "Immunization given", "Flu shot", "COVID vaccination"],
    "extra-sc-site": [
        "Second pump set up, new subcutaneous sites",
        "Additional SC infusion site started",
        "Pump #2",
        "New subcutaneous infusion sites established",
        "Another syringe pump with second needle set",
        "Extra SubQ site placed",
    ],
    "declot": [
        "Occluded port, alteplase instilled",
        "Declot of PICC",
        "Cathflo 2 mg dwell",
        "tPA to restore catheter patency",
        "Clotted line",
        "Catheter occlusion",
        "No blood return, alteplase given",
    ],
    "volume-infused": [
        "50 mL infused at 100 mL/h, charted by RN",
        "Infused 250 mL at 125 mL/hr",
        "Volume infused: 500 mL",
        "153.4 mL infused at 100 mL/h, charted by RN",
        "1000mL infused at 50ml/hour for 4 hours",
        "500 mL given @ 250 mL/hr",
    ],
    "planned-only": [
        "Infuse over 30 minutes",
        "To be infused over 2 h",
        "Planned duration 90 min",
        "Ordered rate 100 mL/h",
        "VTBI 250 mL",
        "Run over 60 minutes",
        "Expected stop 14:00",
        "Infuse 50 mL at 100 mL/h",
    ],
    "slowed": [
        "Rate reduced for mild flushing.",
        "Infusion slowed",
        "Decreased rate to 50 mL/h",
        "Rate cut in half",
        "Slowed to 25 mL/h",
        "Drip rate lowered",
    ],
    "refused": [
        "Patient refused.",
        "Pt declined dose",
        "Refused by patient",
        "Declined the infusion",
        "Mother declined",
        "Patient refuses",
    ],
}

NEAR_MISSES = {
    "keep-open": [
        "no KVO",
        "not at KVO",
        "Vancomycin given, then line to KVO",
        "Piggybacked into KVO line",
        "patent airway",
        "Door kept open",
        "KVO: not needed",
    ],
    "flush": [
        "Rate reduced for mild flushing.",
        "facial flushing noted",
        "Patient flushed and warm",
        "No flush needed",
        "flush: not done",
        "skin flushed",
    ],
    "port-flush": ["Portable pump connected", "Port accessed, chemo started", "IV flush", "No port flush"],
    "carrier": [
        "No carrier",
        "MRSA carrier status",
        "maintenance fluids",
        "hemophilia carrier of gene, carrier status known",
        "Dehydration, 1 L bolus",
    ],
    "between-blood": ["Given between 500 and 1000 units", "2 hours between doses", "between meals", "Lasix between units"],
    "second-site-needed": [
        "Second IV placed.",
        "Two IVs",
        "Second IV needed only to reach the rate, drugs incompatible",
        "Second PIV after first infiltrated, not incompatible",
        "Drugs are not incompatible; second IV by patient preference",
        "Second IV placed for convenience",
        "Difficult access, second IV attempt",
        "without a second site, drugs incompatible otherwise",
        "Phenytoin incompatible with dextrose",
        "Second IV as back-up; incompatible drugs not ordered",
        "Second PIV placed: difficult stick, protocol requires IV",
    ],
    "transfusion-premedication": [
        "Hgb checked before transfusion",
        "Not given per transfusion protocol",
        "No premed for transfusion",
        "Consent for transfusion signed, vitals prior to PRBC",
        "Premed for rituximab",
        "Chemo protocol",
    ],
    "split-dose": [
        "Two doses given 6 h apart",
        "Single injection",
        "Not split",
        "Given in the left arm",
        "One 400 mg dose.",
        "two separate doses ordered, given as two injections",
    ],
    "running-on-arrival": [
        "Chest pain started prior to arrival",
        "Not running on arrival",
        "Infusion stopped prior to arrival",
        "Started on arrival to unit",
        "infusing on arrival from ED",
        "Patient arrived by EMS",
    ],
    "resumed": ["not restarted", "Never resumed", "Home meds resumed", "Restart if BP stable", "may be restarted", "Started"],
    "same-bag": ["Not the same bag", "same bag size", "Same dose as last visit", "remaining drug wasted", "New bag."],
    "new-bag": ["No new bag", "Same bag", "Resumed after new PIV, same bag.", "new IV", "ambu bag at bedside"],
    "infiltrated": [
        "No infiltration",
        "No redness, swelling or infiltration",
        "Denies pain or infiltration",
        "Monitor for infiltration",
        "Lidocaine local infiltration",
        "bilateral infiltrates on CXR",
        "not infiltrated",
    ],
    "stopped-early": [
        "Stopped at 10:40",
        "Stopped for chills, restarted at 50% rate",
        "Stop infusion if reaction occurs",
        "Infusion completed",
        "Held for chills.",
        "no reaction, stopped at 11:00",
        "Off for endoscopy.",
    ],
    "on-body": ["rash on body", "body injection", "No on-body injector", "obese"],
    "portable-pump": [
        "Insulin pump",
        "IV infusion by pump",
        "PCA pump",
        "Alaris pump",
        "On-Q pump",
        "feeding pump at home",
        "no portable pump",
    ],
    "implanted-pump": ["insulin pump implanted", "No implanted pump", "portable pump", "implanted port", "without implanted pump"],
    "pump-refill": ["Prescription refill", "no pump refill", "Pump connected", "Refill due next month", "capillary refill <2 s"],
    "continues-at-home": [
        "Continue antiemetics at home",
        "Pump disconnected today",
        "sent home",
        "Home meds reviewed",
        "does not continue at home",
        "lives at home",
    ],
    "practice-pump": [
        "Pump supplied by DME company",
        "Home infusion company-provided pump",
        "clinic visit",
        "not clinic-supplied pump",
        "pump provided by home infusion",
    ],
    "test-dose": ["No test dose", "test done", "dose tested", "test dose not given", "without test dose"],
    "loading-dose": ["No loading dose", "workload", "After the loading dose, infusion", "without load", "iron overload"],
    "basal-rate": [
        "No basal rate",
        "basal cell carcinoma",
        "basal insulin",
        "Basal rate: 0",
        "without basal rate",
        "demand only, basal rate off",
    ],
    "clinician-present": ["RN not present", "MD notified", "Wife at bedside", "present illness", "no RN at bedside"],
    "complexity": [
        "complex regional pain syndrome",
        "vitamin B complex",
        "medically complex patient",
        "not complex drug administration",
        "Complexity criteria not met",
        "vital signs every 15 minutes",
    ],
    "hydration-reason": [
        "No dehydration",
        "well-hydrated",
        "Denies vomiting",
        "volume overload",
        "for urinary infection",
        "IV hydration",
        "no emesis",
    ],
    "procedural": [
        "Off for endoscopy.",
        "Held for procedure",
        "No procedure",
        "paused during MRI",
        "POD 3 pneumonia",
        "post-op wound infection",
        "per nursing procedure",
    ],
    "sedation": ["No sedation noted", "not sedated", "sedation score 2", "oversedation", "sedating"],
    "contrast": [
        "Flush after contrast.",
        "in contrast to last week",
        "no contrast",
        "CT without contrast",
        "hydration to prevent contrast nephropathy",
        "premed for contrast allergy",
    ],
    "vaccine": [
        "vaccination history reviewed",
        "unvaccinated",
        "vaccine declined",
        "no vaccine",
        "immunization status up to date",
        "immune globulin",
    ],
    "extra-sc-site": ["abdomen, two needles", "second IV site", "sites rotated", "no second pump", "new PIV site"],
    "declot": ["Line patent, no occlusion", "no clot", "non-occluded port", "Port accessed, good blood return", "blood clot in leg"],
    "volume-infused": [
        "Infuse 50 mL at 100 mL/h",
        "250 mL to be infused at 125 mL/h",
        "100 mL/h",
        "will be infused: 500 mL at 250 mL/h",
        "VTBI 500 mL infused at 100 mL/h",
    ],
    "planned-only": [
        "50 mL infused at 100 mL/h, charted by RN",
        "Infused over 30 minutes",
        "Infused as ordered",
        "infusion complete",
        "given over 2 minutes",
    ],
    "slowed": ["Rate not reduced", "heart rate decreased", "slow IV push", "respiratory rate lowered", "Rate increased"],
    "refused": ["did not refuse", "BP declined", "refused snack", "never refused", "Patient agreed"],
}


def names(text: str, where: str = "note") -> set[str]:
    return {fact.name for fact in read_facts(text, where)}


@pytest.mark.parametrize(("fact", "text"), [(fact, text) for fact, texts in WORDINGS.items() for text in texts])
def test_a_nurses_wording_states_the_fact(fact: str, text: str) -> None:
    assert fact in names(text)


@pytest.mark.parametrize(("fact", "text"), [(fact, text) for fact, texts in NEAR_MISSES.items() for text in texts])
def test_a_near_miss_does_not_state_the_fact(fact: str, text: str) -> None:
    assert fact not in names(text)


def test_every_fact_of_the_table_has_five_wordings_and_five_near_misses() -> None:
    for name in (entry["name"] for entry in table("phrases")["fact"]):
        assert len(WORDINGS[name]) >= 5 or name == "complexity", name
        assert len(NEAR_MISSES[name]) >= 4, name


def test_a_fact_carries_the_sentence_that_says_it() -> None:
    (fact,) = read_facts("Tolerated well. KVO at 20 mL/h. Family present.", "note")
    assert fact.quote == "KVO at 20 mL/h."


def test_an_order_is_a_wish_and_states_no_event() -> None:
    assert names("Stopped for anaphylaxis. Infuse over 30 minutes. Resumed.", "order") == set()


def test_an_order_can_say_that_a_fluid_keeps_the_vein_open() -> None:
    assert names("NS at KVO", "order") == {"keep-open"}


def test_facts_of_several_texts_keep_their_first_quote() -> None:
    merged = merge_facts(read_facts("KVO", "note"), read_facts("TKO rate", "dosage"), read_facts("New bag.", "note"))
    assert [(fact.name, fact.quote) for fact in merged] == [("keep-open", "KVO"), ("new-bag", "New bag.")]


@given(st.text(max_size=120))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read_facts(text)
    read_waste(text)
    planned_minutes(text)


MG = "mg"
WASTE = {
    "Two 100 mg single-dose vials opened (200 mg). Waste: 16.28 mg discarded, witnessed.": (
        ((2, Quantity(100, MG)),),
        Quantity(16.28, MG),
        False,
    ),
    "One 20 g and one 10 g single-dose vial opened (30 g). Waste: 2 g discarded, witnessed.": (
        ((1, Quantity(20, "g")), (1, Quantity(10, "g"))),
        Quantity(2, "g"),
        False,
    ),
    "One 20 g and one 10 g vial opened (30 g)": (((1, Quantity(20, "g")), (1, Quantity(10, "g"))), None, False),
    "Four 100 mg single-dose vials used, no waste.": (((4, Quantity(100, MG)),), None, True),
    "Four 100 mg single-dose vials opened (400 mg). 4 mg residual discarded.": (((4, Quantity(100, MG)),), Quantity(4, MG), False),
    "4 x 100 mg SDV": (((4, Quantity(100, MG)),), None, False),
    "2 vials of 300 mg": (((2, Quantity(300, MG)),), None, False),
    "3 vials (100 mg each) used": (((3, Quantity(100, MG)),), None, False),
    "vials: 3 x 100 mg; JW 12 mg": (((3, Quantity(100, MG)),), Quantity(12, MG), False),
    "1 vial 400 mg/20 mL opened. 35 mg discarded and witnessed": (((1, Quantity(400, MG)),), Quantity(35, MG), False),
    "used two 100-mg vials; discarded 2 g": (((2, Quantity(100, MG)),), Quantity(2, "g"), False),
    "Five 500 mcg ampules": (((5, Quantity(500, "ug")),), None, False),
    "wasted 50mg": ((), Quantity(50, MG), False),
    "50 mg wasted": ((), Quantity(50, MG), False),
    "Wastage 1,250 units": ((), Quantity(1250, "[iU]"), False),
    "no waste": ((), None, True),
    "No drug discarded": ((), None, True),
    "entire vial used": ((), None, True),
    "Waste: none": ((), None, True),
    "0 mg wasted": ((), None, True),
    "Nothing wasted": ((), None, True),
    "Full contents of the vial given": ((), None, True),
    "Waste: 0.5 mg": ((), Quantity(0.5, MG), False),
}


@pytest.mark.parametrize(("text", "expected"), WASTE.items())
def test_vials_and_waste_are_read(text: str, expected: tuple[object, ...]) -> None:
    found = read_waste(text)
    assert found is not None
    assert (found.vials, found.discarded, found.none) == expected


@pytest.mark.parametrize(
    "text",
    [
        "No waste documented",
        "Waste not recorded",
        "Lorazepam 2mg/ml injection solution 1ml vial (product)",
        "Opened a 20 mL multi-dose vial",
        "Heparin 25,000 units in D5W 250 mL",
        "waste of time",
        "Vancomycin 1 g",
        "",
        "not the entire vial used",
    ],
)
def test_what_says_nothing_of_waste_is_not_read_as_waste(text: str) -> None:
    assert read_waste(text) is None


def test_a_contradiction_about_waste_keeps_both_sides() -> None:
    found = read_waste("No waste. 10 mg discarded.")
    assert found is not None
    assert found.none
    assert found.discarded == Quantity(10, MG)


def test_two_different_discarded_amounts_are_no_amount() -> None:
    assert read_waste("50 mg from vial 1 wasted. 30 mg wasted from vial 2.") == Waste(
        (), None, False, "50 mg from vial 1 wasted. 30 mg wasted from vial 2."
    )


PLANS = {
    "Vancomycin 1 g IV over 90 minutes once": 90,
    "by ambulatory pump over 46 h": 2760,
    "46 h at home": 2760,
    "continues at home 46 h": 2760,
    "Infuse over 1.5 hours": 90,
    "over 1 hr 30 min": 90,
    "over 2-5 minutes": 5,
    "disconnect scheduled in 46 h": 2760,
    "Dalbavancin 1500 mg als 30-minütige Infusion": 30,
    "Cisplatin 75mg IV über 2 Stunden": 120,
    "1000mL infused at 50ml/hour for 4 hours": None,
    "over the last 4 hours": None,
    "Observed for 60 minutes after the infusion": None,
    "every 6 hours": None,
    "2 hours ago, over": None,
    "30-min infusion": 30,
    "hand over 2 units": None,
}


@pytest.mark.parametrize(("text", "expected"), PLANS.items())
def test_a_planned_duration_is_read_and_nothing_else(text: str, expected: int | None) -> None:
    assert planned_minutes(text) == expected
