from sscb_training.demo import texts

SOURCE = "Learning and Improvement Briefing 9, January 2017, "
HOW_MANY = {"audits": 3, "findings": 20, "strengths": 7, "actions": 13, "questions": 5, "news": 4}
CODES = {
    "audits": ["AUD-2016-05", "AUD-2016-09", "AUD-2016-11"],
    "findings": [
        *(f"NEG-{n}" for n in range(1, 8)),
        *(f"DA-{n}" for n in range(1, 10)),
        *(f"CG-{n}" for n in range(1, 5)),
    ],
    "strengths": [f"POS-{n}" for n in range(1, 8)],
    "actions": [
        *(f"ACT-NEG-{n}" for n in range(1, 4)),
        *(f"ACT-DA-{n}" for n in range(1, 6)),
        *(f"ACT-CG-{n}" for n in range(1, 6)),
    ],
    "questions": [f"Q-{n}" for n in range(1, 6)],
    "news": [f"NEW-{n}" for n in range(1, 5)],
}
WITHOUT_OWNER = ["ACT-DA-3", *(f"ACT-CG-{n}" for n in range(1, 6))]


def test_briefing_has_every_item_once() -> None:
    briefing = texts.read("briefing")

    for kind, codes in CODES.items():
        assert [item["code"] for item in briefing[kind]] == codes
        assert len(codes) == HOW_MANY[kind]


def test_briefing_says_where_each_item_stands() -> None:
    briefing = texts.read("briefing")

    places = [item["source"] for kind in CODES for item in briefing[kind]]
    assert all(places)
    assert len(set(places)) == len(places)
    assert texts.source(briefing["findings"][0]["source"]) == SOURCE + "Childhood neglect, first finding"


def test_briefing_leaves_blank_what_the_document_leaves_blank() -> None:
    actions = texts.read("briefing")["actions"]

    assert [action["code"] for action in actions if not action.get("owner")] == WITHOUT_OWNER
    assert not [action["code"] for action in actions if "due_on" in action]
    assert not [item["code"] for item in texts.read("briefing")["news"] if "url" in item]


def test_briefing_keeps_what_is_printed_with_a_note() -> None:
    police = next(item for item in texts.read("briefing")["strengths"] if item["code"] == "POS-5")

    assert "CADDAs-DASH" in police["text"]
    assert "CAADA-DASH" in police["note"]


def test_every_finding_leads_to_a_need_or_to_the_reason_why_not() -> None:
    briefing = texts.read("briefing")
    led = {code for need in briefing["needs"] for code in need["findings"]}
    set_aside = {decision["finding"] for decision in briefing["not_training"]}

    assert led | set_aside == set(CODES["findings"])
    assert not led & set_aside
    assert set_aside == {"DA-3", "DA-8", "DA-9"}
    assert [need["code"] for need in briefing["needs"] if "NEG-6" in need["findings"]] == ["N1", "N2"]


def test_needs_of_changed_content_count_from_the_revised_version() -> None:
    needs = {need["code"]: need for need in texts.read("briefing")["needs"]}

    answered_by = {action["code"]: action.get("answered_by") for action in texts.read("briefing")["actions"]}
    assert answered_by[needs["N2"]["waits_for"]] == ["CPC-CG", 2]
    assert answered_by[needs["N3"]["waits_for"]] == ["DA-RISK", 2]
    assert needs["N1"]["scheme"] == "GCP2"


def test_county_has_the_courses_that_the_needs_point_to() -> None:
    courses = {course["code"]: course for course in texts.read("county")["courses"]}

    assert list(courses) == ["GCP2-PRAC", "GCP2-MGR", "CPC-CG", "DA-RISK", "EH-SF", "SDC", "PSM"]
    for need in texts.read("briefing")["needs"]:
        answers = [need["from_version"]] if "from_version" in need else []
        for code, number in answers + need.get("supports", []):
            assert number <= len(courses[code]["versions"])
    assert [code for code, course in courses.items() if course["state"] == "confirmed"] == [
        "GCP2-PRAC",
        "CPC-CG",
        "DA-RISK",
    ]


def test_county_has_agencies_without_a_return_and_bodies_that_became_others() -> None:
    agencies = texts.agencies()
    successors = {agency["short_name"]: agency["successor"] for agency in agencies if "successor" in agency}

    assert [agency["short_name"] for agency in agencies if agency.get("share") and "headcounts" not in agency]
    assert successors["SSSFT"] == "MPFT"
    assert successors["STW CCG"] == "STW ICB"
    assert texts.agency("STW ICB")["valid_from"].isoformat() == "2022-07-01"
