"""Readers' pages of briefings. Everybody may open them."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.case_audits.briefings import queries as briefings
from sscb_training.case_audits.briefings import service
from sscb_training.case_audits.briefings.models import BriefingEdition
from sscb_training.case_audits.briefings.routes import paper
from sscb_training.catalogue.briefings import queries
from sscb_training.catalogue.queries import DATES_SHOWN, Filters, next_offers
from sscb_training.catalogue.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, allow
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.pdf import shown
from sscb_training.core.times import plain_date
from sscb_training.core.transaction import transaction


@bp.get("/briefings", endpoint="briefings")
@allow(PUBLIC)
def index() -> ResponseReturnValue:
    """The briefings that came out, newest first."""
    search, theme = request.args.get("q", "").strip()[:100], request.args.get("theme", "")[:100]
    themes = briefings.themes_in_use()
    return render_template(
        "catalogue/briefings.html",
        page=page_of(briefings.editions_found(search=search, theme=theme), page=page_asked_for()),
        search=search,
        theme=theme,
        theme_name=dict(themes).get(theme, theme),
        themes=themes,
    )


@bp.get("/briefings/<code>")
@allow(PUBLIC)
def briefing(code: str) -> ResponseReturnValue:
    """The latest edition of a briefing; that it was withdrawn, and why, where it was."""
    return _shown(briefings.edition(code))


@bp.get("/briefings/<code>/editions/<int:number>")
@allow(PUBLIC)
def briefing_edition(code: str, number: int) -> ResponseReturnValue:
    """One edition of a briefing, as it came out."""
    return _shown(briefings.edition(code, of_number=number))


def _shown(edition: BriefingEdition) -> ResponseReturnValue:
    briefing = edition.briefing
    if not briefing.is_public:
        return render_template("catalogue/withdrawn_briefing.html", edition=edition, briefing=briefing)
    answers = queries.answers_to(edition)
    offers = next_offers({answer.course.id for answer in answers}, Filters(), now=clock.now(), most=None)
    return render_template(
        "catalogue/briefing.html",
        edition=edition,
        briefing=briefing,
        told=briefings.as_read_now(edition),
        editions=briefings.editions_of(briefing),
        answers=[
            (answer, [one for one in dates if one.version_id in answer.version_ids][:DATES_SHOWN], dates)
            for answer in answers
            for dates in [offers.get(answer.course.id, [])]
        ],
    )


@bp.get("/briefings/<code>/editions/<int:number>/briefing.pdf")
@allow(PUBLIC)
def briefing_paper(code: str, number: int) -> ResponseReturnValue:
    """One edition as a PDF, to print and to hand round: made when it is first asked for, and kept."""
    edition = briefings.edition(code, of_number=number)
    if not edition.briefing.is_public:
        return redirect(url_for("catalogue.briefing", code=edition.briefing.code))
    if (kept := edition.paper) is None:
        came_out = f"Edition {number}, {plain_date(edition.published_at)}"
        made = paper(edition.content, edition=came_out, note=edition.note)
        with transaction():
            kept = service.keep_paper(edition, made, now=clock.now())
    answer = shown(f"briefing-{edition.content['code']}", kept.content)
    answer.set_etag(kept.sha256)
    answer.make_conditional(request)
    return answer
