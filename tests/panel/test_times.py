"""Clock times and durations as billers write them.

Expected, in order and parted by "; ": a clock "09:14", a span "22:00-28:00" (over midnight the stop counts on past 24),
a length "90m" with the words planned, more or less. A "?" behind a clock or span: am or pm was not said.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.panel.times import Clock, Length, Span, When, read_times

RANGES = [
    ("remicade 9:14a-11:21a plus solumedrol ivp before", "09:14-11:21"),
    ("Remicade 9:14 am to 11:21 am", "09:14-11:21"),
    ("9:14 AM - 11:21 AM", "09:14-11:21"),
    ("9:14 a.m. to 11:21 a.m.", "09:14-11:21"),
    ("ifx 0914-1121", "09:14-11:21"),
    ("ifx 0914 - 1121", "09:14-11:21"),
    ("ifx 0914–1121", "09:14-11:21"),
    ("ifx 0914 — 1121", "09:14-11:21"),
    ("ifx 914-1121", "09:14-11:21"),
    ("Ifx 0914>1121, SM 125 IVP 0905.", "09:14-11:21; 09:05"),
    ("ifx 0914 -> 1121", "09:14-11:21"),
    ("ifx 0914→1121", "09:14-11:21"),
    ("10 to 11:22 pm", "22:00-23:22"),
    ("11 to 1 pm", "11:00-13:00"),
    ("9 to 1pm", "09:00-13:00"),
    ("Saline 4-7pm, abx 5-6pm same line", "16:00-19:00; 17:00-18:00"),
    (
        "ED visit: saline 2:00 to 3:10 pm, ondansetron IV push 2:05, ketorolac IV push 2:07.",
        "14:00-15:10; 02:05?; 02:07?",
    ),
    ("zithromax 1134 to 0104pm ivpb for pneumonia", "11:34-13:04"),
    ("saline 0200 to 0310 pm", "14:00-15:10"),
    ("saline 1000 to 1122 pm", "22:00-23:22"),
    ("A 930-1030, B 932-1031 same line", "09:30-10:30; 09:32-10:31"),
    ("vanc 8-10am", "08:00-10:00"),
    ("vanc from 8 to 10", "08:00-10:00?"),
    ("it ran 9 to 11", "09:00-11:00?"),
    ("vanc 9-11", "09:00-11:00?"),
    ("vanc 11 to 1", "11:00-13:00?"),
    ("vanc 11-1, then zosyn 1-3", "11:00-13:00?; 01:00-03:00?"),
    ("vanc 12:30-2:15", "12:30-14:15?"),
    ("obs pt protonix drip 2200-0400, zofran ivp 2210, zofran ivp 0310", "22:00-28:00; 22:10; 03:10"),
    ("10pm till 1:15am", "22:00-25:15"),
    ("10pm til 1:15", "22:00-25:15"),
    ("10pm to 1130", "22:00-23:30"),
    ("Fluids 2345 to 0120. which date do I put the units on.", "23:45-25:20"),
    ("noon to 1:35", "12:00-13:35"),
    ("from noon until 1:35 pm", "12:00-13:35"),
    ("11:15 to noon", "11:15-12:00"),
    ("10pm to midnight", "22:00-24:00"),
    ("midnight to 2", "00:00-02:00"),
    ("2200-2400", "22:00-24:00"),
    ("12am-1:30am", "00:00-01:30"),
    ("12pm to 1:30pm", "12:00-13:30"),
    ("quarter past nine until twenty to eleven", "09:15-10:40?"),
    ("from half past ten to quarter to twelve", "10:30-11:45?"),
    ("from ten to eleven", "10:00-11:00?"),
    ("ran from nine fifteen to eleven twenty", "09:15-11:20?"),
    ("ran ten thirty to noon", "10:30-12:00"),
    ("ran from nine am till eleven thirty am", "09:00-11:30"),
    ("from 9 o'clock to 11 o'clock", "09:00-11:00?"),
    ("ocrevus 09.14-11.21", "09:14-11:21"),
    ("ocrevus 9h14-11h21", "09:14-11:21?"),
    ("ocrevus 0830hrs-1030hrs", "08:30-10:30"),
    ("ocrevus 0830-1030 hrs", "08:30-10:30"),
    ("between 0914 and 1121", "09:14-11:21"),
    ("between 9 and 11:30", "09:00-11:30?"),
    ("vanc 10-1130", "10:00-11:30"),
    ("vanc 1145-115", "11:45-13:15"),
    ("vanc 0900-1:35", "09:00-13:35"),
    ("vanc 1000 thru 1131", "10:00-11:31"),
    ("vanc from about 0914 to around 1121", "09:14-11:21"),
    ("vanc 14:05-15:20", "14:05-15:20"),
    ("vanc 9:14-11:21", "09:14-11:21?"),
    ("vanc 0900-0900", "09:00-09:00"),
    ("oxali 933-1215 w/ leuco same time same line", "09:33-12:15"),
    (
        "rituximab for RA 0900-0940, solumedrol ivpb 0900-0920 - sorry, 0835-0855 before it",
        "09:00-09:40; 09:00-09:20; 08:35-08:55",
    ),
    ("LR two bags back to back 0800-1031", "08:00-10:31"),
    ("zometa 1105-1120", "11:05-11:20"),
    ("ancef 0800-0830 and ancef again 1400-1430, pt never left (hospital outpt)", "08:00-08:30; 14:00-14:30"),
    ("IVIG 0900-1030, paused for headache, 1115-1345", "09:00-10:30; 11:15-13:45"),
    ("mag 1g ivpb 1020-1050 then NS 1L 1055-1205", "10:20-10:50; 10:55-12:05"),
    ("Ativan IV push 0100, keppra IVPB 0105-0125, NS 0130-0330 ER.", "01:00; 01:05-01:25; 01:30-03:30"),
    ("Privigen 0830 to 1318.", "08:30-13:18"),
    ("tysabri 0900-1000 then watched till 1100", "09:00-10:00; 11:00"),
    ("There was also cefepime 1130-1215.", "11:30-12:15"),
    ("Rituximab for lymphoma 0900 to 1335, benadryl IV push 0845", "09:00-13:35; 08:45"),
    (
        "Taxol 1000-1300 carbo 1305-1405 premeds benadryl IV push, dex IVPB 0930-0950.",
        "10:00-13:00; 13:05-14:05; 09:30-09:50",
    ),
    ("hospital ED bolus 1400-1510, IVP zofran 1405 + IVP toradol 1407, units pls", "14:00-15:10; 14:05; 14:07"),
    ("irinotecan 1000-1100, 5-FU pushed over 20 minutes by RN.", "10:00-11:00; 20m planned"),
    ("1L over 8 hrs maintenance fluids 0800-1600 then lovenox subq", "8h planned; 08:00-16:00"),
    ("ocrevus 600 0914-1121", "09:14-11:21"),
    ("ocrevus 10:05 until 1:20", "10:05-13:20?"),
    ("rocephin 215p-250p", "14:15-14:50"),
    ("rocephin 2-2:30p", "14:00-14:30"),
    ("vanc 10 a.m.-11:30 a.m.", "10:00-11:30"),
    ("11:30p-1245a", "23:30-24:45"),
    ("9:30a to 12n", "09:30-12:00"),
    ("Nov 3 2200 to Nov 4 0100", "22:00-25:00"),
    ("11/3/2026 22:00 to 11/4/2026 01:00", "22:00-25:00"),
    ("2026-11-03 09:14 to 2026-11-03 11:21", "09:14-11:21"),
    ("0914Z-1121Z", "09:14-11:21"),
    ("(0914-1121)", "09:14-11:21"),
    ("vanc 0914-1121x2", "09:14-11:21"),
    ("9ish to 11ish", "09:00-11:00?"),
    ("quarter to nine until half eleven", "08:45-11:30?"),
    ("run until ten to eleven", "10:50?"),
    ("from 11 at night to 2 in the morning", "23:00-26:00"),
    ("2300 to 6", "23:00-30:00"),
    ("vanc 127 min (0914-1121)", "127m; 09:14-11:21"),
    ("order said over 2 hrs but ran 0900-1020", "120m planned; 09:00-10:20"),
    ("vanc 9-11 iv", "09:00-11:00?"),
    ("zosyn 3.375g 8-8:30", "08:00-08:30?"),
    ("bed 4 0900-1000", "09:00-10:00"),
    ("vanc 7-3", "07:00-15:00?"),
    ("13-14:30", "13:00-14:30"),
    ("BP 110/70 0915, vanc 0930-1030", "09:15; 09:30-10:30"),
]
CUES = [
    ("Infliximab started 09:14 and ended 11:21; methylprednisolone was given IV push at 09:05.", "09:14-11:21; 09:05"),
    ("start 0914, stop 1121", "09:14-11:21"),
    ("start 914 stop 1121", "09:14-11:21"),
    ("start: 0914; end: 1121", "09:14-11:21"),
    ("Start time 0914. Stop time 1121.", "09:14-11:21"),
    ("start 0914/stop 1121", "09:14-11:21"),
    ("began at 10 and stopped at 11:45", "10:00-11:45?"),
    ("began at 10 with no issues, and then it was stopped at 11:45", "10:00-11:45?"),
    ("hung at 10 pm, came down at 11:22", "22:00-23:22"),
    ("started at 10 and ran until 11:45", "10:00-11:45?"),
    ("started at 11, finished at 1", "11:00-13:00?"),
    ("0914 start 1121 stop", "09:14-11:21"),
    ("started 2345 and was stopped at 0120", "23:45-25:20"),
    ("What if vancomycin stopped at 11:45 instead of 11:30, started 10?", "11:45?; 11:30?; 10:00?"),
    ("stopped at 11:45, restarted at 12:05", "11:45?; 12:05?"),
    ("the pump was killed at 11:40 and restarted 12:05, drug total?", "11:40?; 12:05?"),
    ("remicade started 9:14 and we gave toradol which was stopped at 9:20", "09:14?; 09:20?"),
    ("vanc started 0900. Patient went home after zosyn stopped 1100", "09:00; 11:00"),
    ("this chart says 10:02 start, order 90 min. just use 11:32 right?", "10:02?; 90m planned; 11:32?"),
    ("start vanc 0914, stop 1121", "09:14-11:21"),
    ("Started the remicade at 9:14 and stopped it at 11:21", "09:14-11:21?"),
    ("remicade hung 0914 down 1121", "09:14-11:21"),
    ("start/stop 0914/1121", "09:14-11:21"),
    ("IV started 0800, remicade 0914 - 1121, dc 1130", "08:00; 09:14-11:21; 11:30"),
    ("stop time was 11:21, start time was 9:14", "11:21?; 09:14?"),
    ("started 9, stopped 10, restarted 11, stopped 12", "09:00-10:00?; 11:00-12:00?"),
]
CLOCKS = [
    ("gave it at 1405", "14:05"),
    ("gave it @1405", "14:05"),
    ("gave it @ 905", "09:05?"),
    ("started 914", "09:14?"),
    ("given 9:14 am", "09:14"),
    ("given 9:14am", "09:14"),
    ("given 9:14 pm", "21:14"),
    ("given at 9pm", "21:00"),
    ("given at 9 p.m. then home", "21:00"),
    ("given at 9", "09:00?"),
    ("given at 914am", "09:14"),
    ("given at 1:15", "01:15?"),
    ("given at 01:15", "01:15"),
    ("given at 13:15", "13:15"),
    ("given at 09.14", "09:14"),
    ("given at 9h14", "09:14?"),
    ("given 0830hrs", "08:30"),
    ("given at 1430 hours", "14:30"),
    ("given at 09:14:30", "09:14"),
    ("given at noon", "12:00"),
    ("given at 12 noon", "12:00"),
    ("given at midnight", "00:00"),
    ("given at 12am", "00:00"),
    ("We gave a steroid push at five past nine", "09:05?"),
    ("a push at 5 past 9", "09:05?"),
    ("a push at five minutes past nine pm", "21:05"),
    ("a push at quarter past nine", "09:15?"),
    ("a push at a quarter to ten", "09:45?"),
    ("a push at twenty-five to eleven", "10:35?"),
    ("a push at half past ten", "10:30?"),
    ("a push at ten thirty", "10:30?"),
    ("a push at ten thirty pm", "22:30"),
    ("a push at nine oh five", "09:05?"),
    ("a push at 9 o'clock", "09:00?"),
    ("a push at nine o’clock", "09:00?"),
    ("a push at nine o'clock in the morning", "09:00"),
    ("a push at fourteen hundred", "14:00"),
    ("quarter past nine (9:14)", "09:15?; 09:14?"),
    ("ran Remicade from quarter past nine (9:14) until 11:21.", "09:15?; 09:14-11:21?"),
    ("morphine ivp 1000 and 1031, hospital outpt", "10:00; 10:31"),
    ("dilaudid 1mg iv at 0800 and again 0825, charge both?", "08:00; 08:25"),
    ("Second Zofran push 1450.", "14:50"),
    ("what if it was 1430", "14:30"),
    ("Fluids actually stopped at 1430.", "14:30"),
    ("reglan ivp 1010 benadryl ivp 1012 toradol ivp 1014", "10:10; 10:12; 10:14"),
    ("zofran at 10 toradol at 11", "10:00?; 11:00?"),
    ("zofran 4 mg at 10:15", "10:15?"),
    ("until 11", "11:00?"),
    ("on 2026-11-03 at 0914", "09:14"),
    ("2026-11-03T09:14:00-05:00", "09:14"),
    ("11/3 0914-1121", "09:14-11:21"),
    ("Nov 3 at 9:14", "09:14?"),
    ("NS 1000 0800-0900", "08:00-09:00"),
    ("LR 1000 at 0800 then off", "08:00"),
    ("SM 1000 IVPB 0900-1000", "09:00-10:00"),
    ("NS 1000-1100", "10:00-11:00"),
    ("zofran ivp 2020", "20:20"),
    ("A reference chart I found starts 96366 at 1:30. Is that right?", "01:30?"),
    ("dilaudid 0800/0830/0900", "08:00; 08:30; 09:00"),
    ("half-past ten", "10:30?"),
    ("at 9 pt c/o headache", "09:00?"),
    ("at 3 in the afternoon", "15:00"),
    ("at 2 at night", "02:00"),
    ("09:14:00Z", "09:14"),
    ("morphine at 8, 8:30 and 9:15", "08:00?; 08:30?; 09:15?"),
    ("NS 1000 bolus 0800", "08:00"),
    ("d/c'd at 1121", "11:21"),
    ("10 units at 9", "09:00?"),
    ("hydration crosses midnight", ""),
]
LENGTHS = [
    ("infliximab 2 hr 13 min, benadryl 25 iv push just before", "133m"),
    ("2h15m", "135m"),
    ("2h 15m", "135m"),
    ("2h 15", "135m"),
    ("2h15", "135m"),
    ("ran 1 hr 20", "80m"),
    ("ran 1 hr and 20 min", "80m"),
    ("ran 1 hr, 20 min", "80m"),
    ("90min", "90m"),
    ("90 mins", "90m"),
    ("ran 90'", "90m"),
    ("1.5 hrs", "90m"),
    ("1.5h", "90m"),
    (".5 hr", "30m"),
    ("this ran almost 3.5 hrs shouldnt it be x3", "210m"),
    ("1 1/2 hours", "90m"),
    ("1½ hours", "90m"),
    ("½ hour", "30m"),
    ("1/2 hr", "30m"),
    ("3/4 hour", "45m"),
    ("an hour and a half", "90m"),
    ("an hour and a quarter", "75m"),
    ("ran an hour and twenty minutes", "80m"),
    ("one hour twenty", "80m"),
    ("two and a half hours", "150m"),
    ("two hours and a half", "150m"),
    ("2 and a half hrs", "150m"),
    ("half an hour", "30m"),
    ("a half hour", "30m"),
    ("half hour", "30m"),
    ("half-hour", "30m"),
    ("doc insists its billable under half an hour?", "30m"),
    ("three quarters of an hour", "45m"),
    ("a quarter of an hour", "15m"),
    ("solu-medrol pushed right before, then two hrs and seven min of remicade", "127m"),
    ("an hour", "60m"),
    ("1 hour", "60m"),
    ("45 minutes", "45m"),
    ("forty-five minutes", "45m"),
    ("ninety minutes", "90m"),
    ("a hundred and twenty minutes", "120m"),
    ("Chart a 31-minute stop on the fluids so we hit hydration.", "31m"),
    ("a 3-hour infusion", "180m"),
    ("70 min of fluids", "70m"),
    ("127 min infliximab, units?", "127m"),
    ("zofran ivpb 1 hr then cytoxan 1 hr", "60m; 60m"),
    ("ER: 2 hr drug infusion, hr later IVP of the SAME drug", "120m; 60m"),
    ("Vancomycin first hour then kept going 1 hour 20 more.", "60m; 80m more"),
    ("20 more minutes", "20m more"),
    ("20 minutes longer", "20m more"),
    ("an extra 10 min", "10m more"),
    ("so one more minute and i get the extra hour?", "1m more"),
    ("another 20 min", "20m more"),
    ("Just add an hour so it pays.", "60m more"),
    ("stopped 10 minutes earlier", "10m less"),
    ("10 minutes shorter", "10m less"),
    ("10 min less", "10m less"),
    ("15 minutes or less", "15m"),
    ("more than 30 minutes", "30m"),
    ("ordered for 90 min", "90m planned"),
    ("order 90 min", "90m planned"),
    ("ordered to run over 90 min", "90m planned"),
    ("scheduled for 2 hrs", "120m planned"),
    ("NS 40 min ordered after", "40m planned"),
    ("venofer 200 pushed over 5 min", "5m planned"),
    ("ran 1:30", "90m"),
    ("for 1:30", "90m"),
    ("total 1:30", "90m"),
    ("duration of 1:30", "90m"),
    ("infused over 1:30", "90m planned"),
    ("1:30 hrs", "90m"),
    ("ran 9:14-11:21", "09:14-11:21?"),
    ("90 vs 91 minutes, which one gets the second hour", "91m"),
    ("infliximab stopped at 40 min for reaction, solumedrol 40 ivp, NS 40 min ordered after", "40m; 40m planned"),
    ("chemo stopped at 10 minutes for a reaction.", "10m"),
    ("2 hr 45 min of the same antibiotic", "165m"),
    ("hosp outpt, 3 hrs hydration, two different iv pushes taking 5 min total", "180m; 5m"),
    ("remicade 2 hr 40 mg", "120m"),
    ("remicade 2 hr 25 ivp benadryl", "120m"),
    ("kcl 2 hr 0900-1100", "120m; 09:00-11:00"),
    ("one-half hour", "30m"),
    ("hr and 15 min", "75m"),
    ("another hour", "60m more"),
    ("two hours, fifteen minutes", "135m"),
    ("1hr31min", "91m"),
    ("1h31", "91m"),
    ("add 1 more hour", "60m more"),
    ("an extra half hour", "30m more"),
    ("pump stopped at 1030 for 15 min then ran till 1130", "10:30; 15m; 11:30"),
    ("start 9:14 run 1:30", "09:14?; 90m"),
    ("scheduled for 8:30", "08:30?"),
]
NOTHING = [
    "solumedrol 125 mg",
    "1000 mL NS",
    "1000ml NS",
    "1000 units heparin",
    "gave 1000cc",
    "10 meq/h",
    "400 mg remicade, 4 vials, no waste. units + modifier?",
    "Methotrexate 25 sq + Toradol IM.",
    "solumedrol 40 ivp",
    "venofer 200 pushed",
    "NS at 100 mL/hr",
    "NS at 125/hr",
    "NS at 125",
    "fluids running @ 150",
    "100 mL an hour",
    "75 ml per hour",
    "96365",
    "J1745",
    "96413-59",
    "96365 x 2 and 96366 x4",
    "infliximab admin code family?? 9641x or 9636x",
    "hang 2 bags",
    "started 2 bags",
    "started 2 IVs at 2 sites",
    "abx q6h",
    "abx q 8 hours",
    "abx every 8 hours",
    "2026-11-03",
    "11/3",
    "11/3/26",
    "Nov 3",
    "from Nov 3 to Nov 5",
    "6 yr old",
    "a 6-year-old",
    "24/7",
    "7+3",
    "modifier 59 and 25",
    "45%",
    "0.9% NaCl",
    "D5 1/2 NS",
    "POS 11",
    "denied CARC 16",
    "pull up MRN 448812 infusion from yesterday",
    "MRN 1234",
    "rev code 0335",
    "1,000 mL",
    "the 2025 rules",
    "in 2024",
    "2024-2025",
    "phone 555-123-4567",
    "NDC 0409-1234-01",
    "grade 3-4 reaction",
    "2-3 bags",
    "4 to 6 mg",
    "from 1 to 2 units",
    "1-2 lines",
    "500-1000 mL",
    "2 to 3 different pushes",
    "over 2-3 hrs",
    "10-15 min",
    "obs pt 2 days, rocephin each day",
    "What is the first hour code",
    "each additional hour",
    "the 91st minute",
    "ratio 1:1000",
    "between 15 and 20 minutes",
    "dose 2-4",
    "observation stay crosses midnight",
    "two-midnight rule",
    "2-midnight rule",
    "2-3 iv pushes",
    "at 100 an hour",
    "she is 9-11 yrs old",
    "room 412-415",
    "BP 120/80",
    "pain 4/10",
    "HR 112",
    "5 mg q5min x3",
    "every 15 min",
    "2500",
    "1060",
    "99:99",
    "25:00",
    "at 40",
    "",
    "   ",
    "-",
    "at",
    "from to until",
]


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def shown(one: When) -> str:
    """A time in the writing of the tables above."""
    if isinstance(one, Length):
        flags = [name for name in ("planned", "more", "less") if getattr(one, name)]
        return " ".join([f"{one.minutes}m", *flags])
    said = clock(one.minute) if isinstance(one, Clock) else f"{clock(one.start)}-{clock(one.stop)}"
    return said + ("" if one.sure else "?")


def read(text: str) -> str:
    return "; ".join(shown(one) for one in read_times(text))


def in_order(text: str) -> bool:
    ends = [end for one in read_times(text) for end in (one.first, one.last)]
    return ends == sorted(ends) and all(0 <= end <= len(text) for end in ends)


TABLE = [row for part in (RANGES, CUES, CLOCKS, LENGTHS) for row in part] + [(text, "") for text in NOTHING]


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[text for text, _ in TABLE])
def test_reads(text: str, expected: str) -> None:
    assert read(text) == expected.replace("8h", "480m")
    assert read(text.upper()) == read(text)
    assert in_order(text)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("remicade 9:14a-11:21a plus", ["9:14a-11:21a"]),
        ("start 0914, stop 1121 today", ["0914, stop 1121"]),
        ("given at 9 p.m. then home", ["9 p.m."]),
        ("quarter past nine (9:14)", ["quarter past nine", "9:14"]),
        ("it ran 2 hr 13 min.", ["2 hr 13 min"]),
        ("it ran 20 more minutes", ["20 more minutes"]),
        ("given 0830hrs", ["0830hrs"]),
        ("ran 1 1/2 hours", ["1 1/2 hours"]),
        ("gave it @1405!", ["1405"]),
        ("0914 start 1121 stop", ["0914 start 1121"]),
        ("ran an hour and a half", ["an hour and a half"]),
        ("İstanbul 0914-1121", ["0914-1121"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_says_where(text: str, pieces: list[str]) -> None:
    assert [text[one.first : one.last] for one in read_times(text)] == pieces


def twelve(minute: int) -> str:
    hour = minute // 60 % 24
    return f"{(hour + 11) % 12 + 1}:{minute % 60:02} {'am' if hour < 12 else 'pm'}"


def four(minute: int) -> str:
    return clock(minute % 1440).replace(":", "")


@given(st.integers(0, 1439), st.integers(1, 719), st.sampled_from(["-", " - ", " to ", "–", " until ", ">", " thru "]))
def test_a_span_reads_back_from_each_of_its_writings(start: int, minutes: int, sign: str) -> None:
    stop = start + minutes
    day = stop % 1440
    for one, other in ((four(start), four(day)), (clock(start), clock(day)), (twelve(start), twelve(day))):
        for text in (f"vanc {one}{sign}{other} same line", f"started {one} and stopped {other}"):
            found = read_times(text)
            assert [(type(each), each.start, each.stop) for each in found if isinstance(each, Span)] == [
                (Span, start, stop)
            ], text


@given(st.integers(1, 9), st.integers(0, 59))
def test_a_length_reads_back_from_each_of_its_writings(hours: int, minutes: int) -> None:
    total = hours * 60 + minutes
    texts = (
        f"{hours} hr {minutes} min",
        f"{hours}h{minutes}m",
        f"{total} minutes",
        f"{total}-min",
        f"ran {hours}:{minutes:02}",
    )
    for text in texts[: 4 if hours > 8 else 5]:
        assert [one.minutes for one in read_times(text) if isinstance(one, Length)] == [total], text


@given(st.text(max_size=80))
def test_any_text_is_survived_in_order(text: str) -> None:
    assert in_order(text)


PIECES = st.sampled_from(
    [
        *"0123456789:.-/>@h'½ %",
        "0914",
        "1121",
        "10",
        " to ",
        " from ",
        " start ",
        " stop ",
        " am",
        "pm",
        " and ",
        " a ",
        "half",
    ]
    + [
        " hour",
        " min ",
        "quarter",
        " past ",
        "nine",
        "ten",
        "(",
        ")",
        ", ",
        " more",
        "/hr",
        " mg",
        "noon",
        " until ",
        "2026-11-03T",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_shorthand_is_survived_in_order(text: str) -> None:
    assert in_order(text)
    for one in read_times(text):
        if isinstance(one, Clock):
            assert 0 <= one.minute < 1440
        elif isinstance(one, Span):
            assert 0 <= one.start < 1440
            assert one.start <= one.stop
        else:
            assert one.minutes >= 0


@pytest.mark.parametrize(
    "piece", ["1", "12 ", "9 ", "1:", "9-", "a ", "one ", "1 hr ", "0914 start ", "start 9 ", "1 1/2 ", "½"]
)
def test_a_long_text_is_read(piece: str) -> None:
    assert in_order(piece * (20_000 // len(piece)))
