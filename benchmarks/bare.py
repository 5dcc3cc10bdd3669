"""What pages are compared with: the same rows through Flask, SQLAlchemy and a bare template, and nothing else.

No sign-in, access check, layout, form library, token, history or letter: the least that such a page could cost
here. It asks through the service's own queries, because an application without the house would need them too.
Who asks comes as `?person=`.
"""

import secrets

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from jinja2 import DictLoader
from sqlalchemy import select, update

from sscb_training.attendance import queries as attendance
from sscb_training.attendance.models import AttendanceMark, Mark
from sscb_training.bookings import queries as bookings
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.bookings.sessions import queries as sessions
from sscb_training.catalogue import queries as catalogue
from sscb_training.core import clock
from sscb_training.core.db import db, get_or_404
from sscb_training.core.pages import page_of
from sscb_training.courses.models import TrainingSession
from sscb_training.needs.coverage import queries as needs
from sscb_training.needs.models import TrainingNeed
from sscb_training.people import queries as people
from sscb_training.people.models import Membership, Person
from sscb_training.search import queries as search

bp = Blueprint("bare", __name__)
_STAFF = select(Person).where(Person.email_key == "boardstaff@demo.example")
TEMPLATES = {
    "nothing.html": "<!doctype html><title>Nothing</title><p>Nothing",
    "catalogue.html": """<!doctype html><title>Courses</title>
{% for slug, name in themes %}<a href="?theme={{ slug }}">{{ name }}</a>{% endfor %}
{% for id, name in levels %}<a href="?level={{ id }}">{{ name }}</a>{% endfor %}
{% for course in page.items %}<h2>{{ course.title }}</h2><p>{{ course.theme }}: {{ course.summary }}<ul>
{% for offer in offers.get(course.id, []) %}<li><a href="{{ url_for('bare.date', date_id=offer.training_session_id) }}">
{{ offer.starts_at }}</a> {{ offer.place }} {{ offer.left }}{% endfor %}</ul>{% endfor %}""",
    "date.html": """<!doctype html><title>{{ date.course.title }}</title><h1>{{ date.course.title }}</h1>
<p>{{ date.course.summary }}<p>{{ left }} places left, trainers:
{% for trainer in date.trainers %}{{ trainer.person.name }}{% endfor %}<ul>
{% for part in date.parts %}<li>{{ part.starts_at }} {{ part.venue.name if part.venue }}{% endfor %}</ul>""",
    "form.html": """<!doctype html><title>Book</title><h1>{{ date.course.title }}</h1><form method="post">
{% for role in roles %}<p>{{ role.job_title }}, {{ role.agency.name }}{% endfor %}
<textarea name="access_needs"></textarea><button>Continue</button></form>""",
    "booking.html": """<!doctype html><title>Booked</title><h1>{{ booking.reference }}</h1>
<p>{{ booking.person.name }}, {{ booking.training_session.course.title }}<ul>
{% for part in booking.training_session.parts %}<li>{{ part.starts_at }}{% endfor %}</ul>""",
    "register.html": """<!doctype html><title>Register</title><form method="post">
{% for booking in sheet.delegates %}<p>{{ booking.person.name }}, {{ booking.membership.agency.name }}
{% for part in sheet.training_session.parts %}{% set marked = sheet.marks.get((booking.id, part.id)) %}
{% for mark in marks %}<input type="radio" name="{{ booking.id }}-{{ part.id }}" value="{{ mark.value }}"
{{ "checked" if marked == mark }}>{% endfor %}{% endfor %}{% endfor %}
<button>Save</button></form>""",
    "session.html": """<!doctype html><title>Session</title>
{% for bookings in live.values() %}<table>{% for booking in bookings %}<tr><td>{{ booking.person.name }}
<td>{{ booking.membership.agency.name }}<td>{{ booking.membership.job_title }}<td>{{ booking.requested_at }}
{% endfor %}</table>{% endfor %}""",
    "search.html": """<!doctype html><title>Search</title>{% for found in kinds %}<p>{{ found.total }}
{% for one in found.first %}<p>{{ one.id }}{% endfor %}{% endfor %}""",
    "coverage.html": """<!doctype html><title>{{ need.title }}</title>
<p>{{ county.in_force }} of {{ county.headcount }}<table>
{% for row in by_agency %}<tr><td>{{ row.name }}<td>{{ row.in_force }}<td>{{ row.headcount }}
<td>{{ row.percent }}<td>{{ row.gap }}<td>{{ row.booked }}{% endfor %}</table><table>
{% for month in trend %}<tr><td>{{ month.on }}<td>{{ month.percent }}{% endfor %}</table>""",
}


@bp.get("/sessions/<int:session_id>")
def session(session_id: int) -> ResponseReturnValue:
    training_session = db.session.get_one(TrainingSession, session_id)
    return render_template("session.html", live=sessions.live_bookings(training_session))


@bp.get("/search")
def find() -> ResponseReturnValue:
    words, staff = request.args["find"], db.session.scalars(_STAFF).one()
    kinds = [
        search.bookings(staff, words),
        search.training_sessions(staff, words, now=clock.now()),
        search.courses(staff, words),
    ]
    return render_template("search.html", kinds=kinds)


@bp.get("/nothing")
def nothing() -> ResponseReturnValue:
    return render_template("nothing.html")


@bp.get("/courses")
def index() -> ResponseReturnValue:
    now, filters = clock.now(), catalogue.Filters()
    page = page_of(catalogue.courses(filters, now=now), page=1, scalars=False)
    return render_template(
        "catalogue.html",
        page=page,
        themes=catalogue.themes_in_use(),
        levels=catalogue.levels_in_use(),
        offers=catalogue.next_offers([course.id for course in page.items], filters, now=now),
    )


@bp.get("/dates/<int:date_id>", endpoint="date")
def show_date(date_id: int) -> ResponseReturnValue:
    date = bookings.published_session(date_id)
    return render_template("date.html", date=date, left=bookings.places_left([date_id])[date_id])


@bp.route("/dates/<int:date_id>/book", methods=["GET", "POST"])
def answer(date_id: int) -> ResponseReturnValue:
    """The first form of the journey. What it asks for travels in the address."""
    if request.method == "POST":
        return redirect(url_for("bare.confirm", date_id=date_id, person=request.args["person"]))
    return _form(date_id)


@bp.route("/dates/<int:date_id>/confirm", methods=["GET", "POST"])
def confirm(date_id: int) -> ResponseReturnValue:
    """The last form of the journey: count under the lock, insert, commit."""
    if request.method == "GET":
        return _form(date_id)
    db.session.rollback()
    db.session.connection(execution_options={"writes": True})
    db.session.execute(
        update(TrainingSession)
        .where(TrainingSession.id == date_id)
        .values(id=date_id)
        .execution_options(synchronize_session=False)
    )
    date, person = get_or_404(TrainingSession, date_id), get_or_404(Person, int(request.args["person"]))
    booking = Booking(
        reference=secrets.token_hex(5),
        training_session=date,
        person=person,
        membership=people.memberships_of(person, clock.today())[0],
        status=BookingStatus.CONFIRMED
        if bookings.places_taken(date) < date.capacity
        else BookingStatus.WAITLISTED,
        requested_at=clock.now(),
    )
    db.session.add(booking)
    db.session.commit()
    return redirect(url_for("bare.booked", booking_id=booking.id, person=person.id))


@bp.post("/dates/<int:date_id>/book-several")
def book_several(date_id: int) -> ResponseReturnValue:
    """Each line of a list a person, a job and a booking: count under the lock, insert all, commit."""
    lines = [line.split(",") for line in request.form["pasted"].splitlines()]
    db.session.rollback()
    db.session.connection(execution_options={"writes": True})
    db.session.execute(
        update(TrainingSession)
        .where(TrainingSession.id == date_id)
        .values(id=date_id)
        .execution_options(synchronize_session=False)
    )
    date, now = get_or_404(TrainingSession, date_id), clock.now()
    known = set(
        db.session.scalars(select(Person.email_key).where(Person.email_key.in_([e for _, e, _ in lines])))
    )
    left = date.capacity - bookings.places_taken(date)
    for place, (name, email, job_title) in enumerate(line for line in lines if line[1] not in known):
        person = Person(name=name, email=email, email_key=email, created_at=now)
        role = Membership(
            person=person,
            agency_id=1,
            staff_group_id=1,
            job_title=job_title,
            valid_from=now.date(),
            recorded_at=now,
        )
        status = BookingStatus.CONFIRMED if place < left else BookingStatus.WAITLISTED
        db.session.add(
            Booking(
                reference=secrets.token_hex(5),
                training_session=date,
                person=person,
                membership=role,
                status=status,
                requested_at=now,
            )
        )
    db.session.commit()
    return redirect(url_for("bare.date", date_id=date_id))


@bp.get("/bookings/<int:booking_id>")
def booked(booking_id: int) -> ResponseReturnValue:
    viewer = get_or_404(Person, int(request.args["person"]))
    return render_template("booking.html", booking=bookings.booking_seen_by(viewer, booking_id))


@bp.post("/bookings/<int:booking_id>", endpoint="accept")
def accept(booking_id: int) -> ResponseReturnValue:
    """Take an offered place: look at it under the lock, write, commit."""
    found = get_or_404(Booking, booking_id)
    date_id = found.training_session_id
    db.session.rollback()
    db.session.connection(execution_options={"writes": True})
    db.session.execute(
        update(TrainingSession)
        .where(TrainingSession.id == date_id)
        .values(id=date_id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(found)
    found.status, found.confirmed_at = BookingStatus.CONFIRMED, clock.now()
    db.session.commit()
    return redirect(url_for("bare.booked", booking_id=booking_id, person=request.args["person"]))


@bp.route("/registers/<int:date_id>", methods=["GET", "POST"])
def register(date_id: int) -> ResponseReturnValue:
    viewer = get_or_404(Person, int(request.args["person"]))
    sheet = attendance.sheet(attendance.session_seen_by(viewer, date_id))
    if request.method == "GET":
        return render_template("register.html", sheet=sheet, marks=list(Mark))
    sent = {cell: Mark(request.form[f"{cell[0]}-{cell[1]}"]) for cell in sheet.marks}
    changed = {cell: mark for cell, mark in sent.items() if sheet.marks[cell] is not mark}
    db.session.rollback()
    db.session.connection(execution_options={"writes": True})
    for booking_id, part_id in changed:
        found = db.session.scalars(
            select(AttendanceMark).where(
                AttendanceMark.booking_id == booking_id, AttendanceMark.session_part_id == part_id
            )
        ).one()
        found.mark, found.marked_at = changed[booking_id, part_id], clock.now()
    db.session.commit()
    return redirect(url_for("bare.register", date_id=date_id, person=viewer.id))


@bp.get("/registers/<int:date_id>/marks")
def marks(date_id: int) -> ResponseReturnValue:
    found = attendance.sheet(get_or_404(TrainingSession, date_id)).seen
    return {"person": 0, "token": "", "marks": {f"{b}-{p}": seen.word for (b, p), seen in found.items()}}


@bp.post("/registers/<int:date_id>/marks", endpoint="mark")
def mark(date_id: int) -> ResponseReturnValue:
    """Compare each mark with what it was based on, under the lock, and write: one after the other."""
    sent = request.get_json()["marks"]
    db.session.rollback()
    db.session.connection(execution_options={"writes": True})
    db.session.execute(
        update(TrainingSession)
        .where(TrainingSession.id == date_id)
        .values(id=date_id)
        .execution_options(synchronize_session=False)
    )
    ids = {one["booking"] for one in sent}
    rows = db.session.scalars(select(AttendanceMark).where(AttendanceMark.booking_id.in_(ids)))
    found = {(row.booking_id, row.session_part_id): row for row in rows}
    answers = {}
    for one in sent:
        cell = one["booking"], one["part"]
        row = found.get(cell)
        if (row.mark.value if row else "") != one["base"]:
            continue
        if row is None:
            row = AttendanceMark(booking_id=cell[0], session_part_id=cell[1])
            db.session.add(row)
        row.mark, row.marked_at = Mark(one["mark"]), clock.now()
        answers[one["id"]] = {"is": "taken"}
    db.session.commit()
    return {"answers": answers}


@bp.get("/needs/<int:need_id>/coverage")
def coverage(need_id: int) -> ResponseReturnValue:
    need, today = get_or_404(TrainingNeed, need_id), clock.today()
    by_agency, county = needs.coverage_on(need, as_at=today, known_on=today)
    return render_template(
        "coverage.html",
        need=need,
        by_agency=by_agency,
        county=county,
        trend=needs.coverage_trend(need, as_at=today, known_on=today),
    )


def _form(date_id: int) -> str:
    person = get_or_404(Person, int(request.args["person"]))
    return render_template(
        "form.html",
        date=bookings.published_session(date_id),
        roles=people.memberships_of(person, clock.today()),
    )


def create_bare(app: Flask) -> Flask:
    """The bare application on the database of the service, told the time by the same clock."""
    bare = Flask(__name__)
    bare.config["SQLALCHEMY_DATABASE_URI"] = app.config["SQLALCHEMY_DATABASE_URI"]
    bare.extensions["settings"] = app.extensions["settings"]
    bare.jinja_loader = DictLoader(TEMPLATES)
    db.init_app(bare)
    bare.register_blueprint(bp)
    return bare
