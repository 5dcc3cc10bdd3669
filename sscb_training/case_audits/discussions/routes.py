"""Pages of teams' discussions: record one, and see those that one may know of."""

from collections.abc import Iterator, Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.case_audits.briefings.queries import edition
from sscb_training.case_audits.discussions import queries, service
from sscb_training.case_audits.discussions.forms import DiscussionForm
from sscb_training.case_audits.discussions.models import Discussion
from sscb_training.case_audits.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, allow
from sscb_training.core.db import rows
from sscb_training.core.pages import page_asked_for, page_of, row_asked_for
from sscb_training.core.sheets import Cell, csv_answer, excel_answer
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person

FILES = {"csv": csv_answer, "xlsx": excel_answer}
EXPORTED = (
    "Date", "Briefing", "Agency", "Team", "People", "Questions", "What they will do differently", "Recorded by",
)  # fmt: skip


@bp.route("/briefings/<code>/discussed", methods=["GET", "POST"])
@allow(SIGNED_IN)
def record_discussion(code: str) -> ResponseReturnValue:
    """Say that a team talked about a briefing."""
    read, person = edition(code), current_person()
    briefing = read.briefing
    if not briefing.is_public:
        return redirect(url_for("catalogue.briefing", code=briefing.code))  # which says why it was withdrawn
    agencies = queries.agencies_to_speak_for(person, on=clock.today())
    questions = queries.questions_of(read)
    form = DiscussionForm.from_request()
    form.offer(agencies, questions)
    if agencies and form.accepted():
        try:
            with transaction():
                service.record_discussion(
                    briefing, **form.told(agencies, questions), by=person, now=clock.now()
                )
        except service.DiscussionRefused as refusal:
            form.refuse(refusal)
        else:
            flash("Thank you. It is recorded that your team talked about this briefing.", "success")
            return redirect(url_for("case_audits.discussions"))
    return render_template(
        "case_audits/record_discussion.html",
        form=form,
        briefing=briefing,
        title=read.content["title"],
        agencies=agencies,
    )


@bp.get("/discussions")
@allow(SIGNED_IN)
def discussions() -> ResponseReturnValue:
    """What teams said of briefings, as far as the viewer may know."""
    viewer, today = current_person(), clock.today()
    briefing, agency_id = request.args.get("briefing", "").strip()[:30], row_asked_for("agency")
    found = queries.discussions_found(viewer, on=today, briefing=briefing, agency_id=agency_id)
    titles = queries.titles_told()
    if answer := FILES.get(request.args.get("format", "")):
        return answer("discussions", EXPORTED, _exported(rows(found), titles))
    by_agency = queries.by_agency(viewer, on=today, briefing=briefing)
    page = page_of(found, page=page_asked_for())
    return render_template(
        "case_audits/discussions.html",
        page=page,
        editions=queries.editions_talked_about(page.items),
        by_agency=by_agency,
        briefing=briefing,
        agency_id=agency_id,
        briefings=[(one.code.lower(), titles[one.id]) for one in queries.briefings_talked_about()],
        titles=titles,
        agencies=[(key, name) for key, name, _, _ in by_agency],
    )


def _exported(discussions: Sequence[Discussion], titles: Mapping[int, str]) -> Iterator[list[Cell]]:
    for one in discussions:
        yield [
            one.held_on,
            titles[one.briefing_id],
            one.agency.name,
            one.team,
            one.number_of_people,
            ", ".join(question.code for question in one.questions),
            one.will_do,
            one.recorded_by.name,
        ]


@bp.post("/discussions/<int:discussion_id>/withdraw")
@allow(SIGNED_IN)
def withdraw_discussion(discussion_id: int) -> ResponseReturnValue:
    """Take back what was recorded in error."""
    viewer = current_person()
    discussion = queries.discussion_seen_by(viewer, discussion_id, on=clock.today())
    with transaction():
        service.withdraw_discussion(discussion, by=viewer, now=clock.now())
    flash("It is taken back", "success")
    return redirect(url_for("case_audits.discussions"))
