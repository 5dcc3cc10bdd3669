"""Who may decide about a briefing, how its items stand in turn, what is said of its links, and how editions differ."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any, TypeVar

Thing = TypeVar("Thing")
Content = Mapping[str, Any]
"""What an edition says, or one thing in it."""
Part = dict[str, dict[str, str]]
"""What stands in a part of a briefing by its code, each with its words by what they are called."""
Run = tuple[str, bool]

THEME, WORDS, ORDER = "Theme", "Words", "Order"


def may_approve(person_id: int, *, submitted_by_id: int | None, others: int) -> bool:
    """Whoever submitted a briefing does not approve it, unless nobody else of the board's staff could."""
    return person_id != submitted_by_id or others == 0


def moved_up(things: Sequence[Thing], thing: Thing) -> list[Thing]:
    """The same things in turn, this one a place earlier; the first stays first."""
    moved = list(things)
    place = moved.index(thing)
    if place:
        moved[place - 1], moved[place] = moved[place], moved[place - 1]
    return moved


def link_state(url: str, dead_on: date | None) -> str:
    """What is said beside a link: nothing while it leads somewhere."""
    if not url:
        return "lost"
    return "dead" if dead_on else ""


def next_code(prefix: str, taken: Collection[str]) -> str:
    """The next free code of its kind: Q-6 after Q-5."""
    numbers = [int(code.removeprefix(prefix)) for code in taken if code.removeprefix(prefix).isdecimal()]
    return f"{prefix}{max(numbers, default=0) + 1}"


@dataclass(frozen=True)
class Change:
    """How something reads before and now, in runs of words, each with whether it is in the other too."""

    called: str
    before: Sequence[Run]
    now: Sequence[Run]


@dataclass(frozen=True)
class Difference:
    """One thing that two editions tell otherwise, by its code or name: how, and what it says."""

    name: str
    how: Sequence[str]
    changes: Sequence[Change]


def differences(before: Content, now: Content) -> list[tuple[str, list[Difference]]]:
    """What readers of an edition would find otherwise in the next, part by part; empty when they would read the same."""
    themes = _themes(before) | _themes(now)
    old, new = _parts(before, themes), _parts(now, themes)
    found = [(name, list(_between(old[name], new[name]))) for name in new]
    return [(name, differing) for name, differing in found if differing]


def _between(before: Part, now: Part) -> Iterator[Difference]:
    for name in dict.fromkeys([*now, *before]):
        was, is_now = before.get(name, {}), now.get(name, {})
        called = [
            one
            for one in dict.fromkeys([*is_now, *was])
            if was.get(one, "").split() != is_now.get(one, "").split()
        ]
        changes = [_change(one, was.get(one, ""), is_now.get(one, "")) for one in called]
        if name not in before:
            yield Difference(name, ["Added"], changes)
        elif name not in now:
            yield Difference(name, ["Removed"], changes[:1])
        elif changes:
            words = {WORDS: "Reworded", THEME: "Moved to another theme"}
            yield Difference(name, list(dict.fromkeys(words.get(one, "Changed") for one in called)), changes)
    for theme in dict.fromkeys(told.get(THEME, "") for told in now.values()):
        in_both = [
            {name for name, told in part.items() if told.get(THEME, "") == theme} for part in (before, now)
        ]
        stay = in_both[0] & in_both[1]
        was_in_turn, in_turn = ([name for name in part if name in stay] for part in (before, now))
        if was_in_turn != in_turn:
            change = Change(ORDER, [(", ".join(was_in_turn), False)], [(", ".join(in_turn), False)])
            yield Difference(theme, ["In another order"], [change])


def _change(called: str, before: str, now: str) -> Change:
    was, is_now = before.split(), now.split()
    steps = SequenceMatcher(None, was, is_now, autojunk=False).get_opcodes()
    return Change(
        called,
        [(" ".join(was[a:b]), step == "equal") for step, a, b, _, _ in steps if a < b],
        [(" ".join(is_now[a:b]), step == "equal") for step, _, _, a, b in steps if a < b],
    )


def _themes(told: Content) -> dict[object, str]:
    return {_theme_key(part): part["name"] for part in told["themes"]}


def _theme_key(part: Content) -> object:
    """What is approved before the keys of themes were kept knows them by name."""
    return part.get("theme_id", part["name"])


def _parts(told: Content, themes: Mapping[object, str]) -> dict[str, Part]:
    """All that readers are told, by its part and its code, each with what stands there by what that is called.

    A theme that is called otherwise is one difference, so what stands under it bears the name that it has by now.
    """
    head = {
        "Title": told["title"],
        "Number": told["number"],
        "Month": told["month"],
        "Summary": told["summary"],
    }
    under = [(themes[_theme_key(part)], part) for part in told["themes"]]
    return {
        "At the head": {name: {WORDS: str(words)} for name, words in head.items() if words},
        "The audits": {
            one["code"]: {
                "Title": one["title"], "Month": one["month"], "Focus": one["focus"],
                "Cases looked at": str(one["cases"] or ""),
            }
            for one in told["audits"]
        },
        "Themes": {name: {"Name": part["name"], "Introduction": part["introduction"]} for name, part in under},
        "What the audits found": {
            one["code"]: {**_finding(one), THEME: theme} for theme, part in under for one in part["findings"]
        },
        "What went well": {one["code"]: {**_finding(one), "About": one["theme"]} for one in told["strengths"]},
        "Actions and learning": {
            one["code"]: {**_action(one), THEME: theme} for theme, part in under for one in part["actions"]
        },
        "Questions for teams": {one["code"]: {WORDS: one["text"]} for one in told["questions"]},
        "What’s new": {
            one["code"]: {WORDS: one["text"], "Title": one["label"], "Address": _address(one)} for one in told["news"]
        },
        "Read more": _links(told["links"]),
    }  # fmt: skip


def _finding(one: Content) -> dict[str, str]:
    return {
        WORDS: one["text"], "Named": one["named"], "Note": one["note"], "Read it beside": ", ".join(sorted(one["beside"])),
        "Actions": "" if one["has_action"] else "No specific action",
    }  # fmt: skip


def _action(one: Content) -> dict[str, str]:
    return {
        WORDS: one["text"], "Owner": one["owner"], "Due": one["due"], "Status": one["status"],
        "Answers": ", ".join(sorted(one["findings"])), "Note": one["note"],
        "Links": "; ".join(f"{link['label']}, {_address(link)}" for link in one["links"]),
        "Course": one["course"]["title"] if one["course"] else "",
    }  # fmt: skip


def _links(links: Sequence[Content]) -> Part:
    """A link has no code: it is known by its words, and by its turn among those of the same words."""
    labels, found = [link["label"] for link in links], dict[str, dict[str, str]]()
    for at, link in enumerate(links):
        turn = labels[:at].count(link["label"])
        found[f"{link['label']} ({turn + 1})" if turn else link["label"]] = {"Address": _address(link)}
    return found


def _address(link: Content) -> str:
    told = {"": link["url"], "lost": "lost", "dead": f"{link['url']} (leads nowhere any more)"}
    return str(told[link["state"]])
