import json
from datetime import datetime, timedelta, timezone

from immichlint.schedules.preview import preview, preview_lines


def test_both_readings_of_five_fields(start: datetime) -> None:
    assert preview("0 0 * * *", start) == {
        "expression": "0 0 * * *",
        "accepted": True,
        "error": None,
        "next": [f"2027-01-01T0{hour}:00:00Z" for hour in (1, 2, 3, 4, 5)],
        "runs_per_day_max": 24,
        "crontab": {"accepted": True, "next": [f"2027-01-0{day}T00:00:00Z" for day in (2, 3, 4, 5, 6)]},
    }


def test_rejected_and_never(start: datetime) -> None:
    rejected = preview("0 3 * * 0", start)
    assert (rejected["accepted"], rejected["next"], rejected["runs_per_day_max"]) == (False, [], 0)
    assert rejected["error"] == "Beginning of range (0) below minimum (1): 0"
    assert rejected["crontab"]["accepted"]
    never = preview("0 0 3 31 2 *", start)
    assert (never["accepted"], never["error"], never["next"], never["runs_per_day_max"]) == (True, None, [], 0)
    assert never["crontab"] == {"accepted": False, "next": []}


def test_an_hour_elsewhere_is_written_in_utc(start: datetime) -> None:
    berlin = start.astimezone(timezone(timedelta(hours=1)))
    assert preview("@daily", berlin)["next"][0] == "2027-01-02T00:00:00Z"


def test_it_is_one_line_of_json(start: datetime) -> None:
    assert "\n" not in json.dumps(preview("0 3\n* * *", start))


def test_the_text_form(start: datetime) -> None:
    assert preview_lines("0 3 * * 7", start) == [
        "0 3 * * 7",
        "  CNPG runs it hourly at minute 3 in July only, 24 times a day (UTC)",
        *(f"    2027-07-01T0{hour}:03:00Z" for hour in range(5)),
        "  crontab(5) runs it at 03:00 on Sundays, once a day (UTC)",
        *(f"    2027-01-{day:02}T03:00:00Z" for day in (3, 10, 17, 24, 31)),
        "  Write for CNPG: 0 0 3 * * 0",
    ]
    assert preview_lines("0 0 3 31 2 *", start) == [
        "0 0 3 31 2 *",
        "  CNPG accepts it and never runs it",
        "  crontab(5) rejects it: crontab(5) takes five fields, found 6",
    ]
    assert preview_lines("@Daily", start)[1:] == [
        "  CNPG rejects it: Unrecognized descriptor: @Daily",
        "  crontab(5) rejects it: crontab(5) knows no schedule named @Daily",
        "  Write for CNPG: @daily",
    ]
    assert preview_lines("", start)[0] == '""'


def test_both_readings_are_offered_where_both_make_sense(start: datetime) -> None:
    assert preview_lines("0 0 12 * *", start)[-2:] == [
        "  Write for CNPG: 0 0 0 12 * *, if it is to run at 00:00 on day 12 of every month",
        "  Write for CNPG: 0 0 12 * * *, if it is to run daily at 12:00",
    ]


def test_a_run_beyond_the_search_is_said() -> None:
    lines = preview_lines("0 0 3 29 2 *", datetime.fromisoformat("2096-03-01T00:00:00+00:00"))
    assert lines[2] == "    no run within five years"
