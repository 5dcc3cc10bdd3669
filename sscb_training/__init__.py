"""The training booking and accreditation service of a safeguarding children board.

`create_app` is the table of contents: the features stand in the order of the story. An agency's people see
courses, make bookings and hold accreditations; the register that closes gives outcomes and awards; case
audits find things; needs say who must hold what; the public catalogue and each person's home show it.
"""

from datetime import timedelta
from functools import partial
from pathlib import Path

from flask import Flask, abort, request
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

import sscb_training.courses.models  # noqa: F401 - schemes name their courses, and kept queries want all tables known
from config import Settings, from_environment
from sscb_training.core import access, errors, headers, history, jobs, logs, mail, pages
from sscb_training.core.db import db
from sscb_training.core.forms import csrf
from sscb_training.core.headers import HSTS

ROOT = Path(__file__).parent.parent
A_YEAR = 365 * 24 * 3600


def create_app(settings: Settings | None = None) -> Flask:
    """The service, configured by the environment alone."""
    settings = settings or from_environment()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    _configure(app, settings)
    app.url_map.converters["int"] = pages.RowKey
    app.url_map.merge_slashes = False  # its redirect would name whatever host was asked for

    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    headers.init_app(app)  # before the first check that can refuse: its page needs the nonce
    csrf.init_app(app)
    logs.init_app(app, as_json=settings.is_production)
    pages.init_app(app)
    errors.init_app(app)
    _register_features(app)
    access.init_app(app)
    _serve_behind_the_web(app, settings)
    return app


def _register_features(app: Flask) -> None:
    from sscb_training.accreditation import routes as accreditation
    from sscb_training.accreditation.external import routes as external
    from sscb_training.accreditation.licence import routes as licence
    from sscb_training.accreditation.reminders import jobs as expiry_jobs
    from sscb_training.agencies import routes as agencies
    from sscb_training.attendance import routes as attendance
    from sscb_training.attendance.changes import routes as register_changes
    from sscb_training.attendance.check_in import routes as check_in
    from sscb_training.attendance.confirmations import jobs as confirmation_jobs
    from sscb_training.attendance.confirmations import routes as confirmations
    from sscb_training.attendance.door import routes as door
    from sscb_training.attendance.listed import routes as registers_listed
    from sscb_training.attendance.paper import routes as paper
    from sscb_training.attendance.parts import routes as attendance_parts
    from sscb_training.attendance.phone import routes as attendance_phone
    from sscb_training.attendance.retakes import routes as retakes
    from sscb_training.attendance.unconfirmed import routes as unconfirmed
    from sscb_training.bookings import jobs as booking_jobs
    from sscb_training.bookings import routes as bookings
    from sscb_training.bookings.changes import routes as changes
    from sscb_training.bookings.charges import routes as charges
    from sscb_training.bookings.dates import routes as changed_dates
    from sscb_training.bookings.eligibility import routes as eligibility
    from sscb_training.bookings.feed import routes as feed
    from sscb_training.bookings.interest import jobs as interest_jobs
    from sscb_training.bookings.interest import routes as interest
    from sscb_training.bookings.leavers import jobs as leaver_jobs
    from sscb_training.bookings.leavers import routes as leavers
    from sscb_training.bookings.letters import jobs as letter_jobs
    from sscb_training.bookings.letters import routes as booking_letters
    from sscb_training.bookings.make_up import routes as make_up
    from sscb_training.bookings.places import jobs as place_jobs
    from sscb_training.bookings.places import routes as places
    from sscb_training.bookings.requests import jobs as request_jobs
    from sscb_training.bookings.requests import routes as requests
    from sscb_training.bookings.sessions import routes as sessions
    from sscb_training.bookings.several import routes as several
    from sscb_training.bookings.teams import routes as teams
    from sscb_training.case_audits import routes as case_audits
    from sscb_training.case_audits.actions import routes as audit_actions
    from sscb_training.case_audits.briefings import routes as briefings
    from sscb_training.case_audits.discussions import routes as discussions
    from sscb_training.case_audits.drafts import routes as drafts
    from sscb_training.case_audits.imports import jobs as audit_import_jobs
    from sscb_training.case_audits.imports import routes as audit_imports
    from sscb_training.case_audits.indicators import routes as audit_indicators
    from sscb_training.case_audits.links import routes as audit_links
    from sscb_training.catalogue import routes as catalogue
    from sscb_training.catalogue.briefings import routes as briefings_read
    from sscb_training.certificates import jobs as certificate_jobs
    from sscb_training.certificates import routes as certificates
    from sscb_training.certificates.badges import cli as badges_cli
    from sscb_training.certificates.badges import routes as badges
    from sscb_training.certificates.check import routes as certificate_check
    from sscb_training.certificates.reissue import routes as reissue
    from sscb_training.certificates.sessions import jobs as sending_jobs
    from sscb_training.certificates.sessions import routes as session_certificates
    from sscb_training.core import health, notices
    from sscb_training.core.cli import history_group
    from sscb_training.courses.copies import routes as copies
    from sscb_training.courses.dates import routes as dates
    from sscb_training.courses.described import routes as described
    from sscb_training.courses.pool import routes as pool
    from sscb_training.courses.schemes import routes as schemes
    from sscb_training.courses.settings import routes as settings
    from sscb_training.courses.venues import routes as venues
    from sscb_training.demo import cli as demo_cli
    from sscb_training.evaluations import jobs as evaluation_jobs
    from sscb_training.evaluations import routes as evaluations
    from sscb_training.evaluations.first_use import jobs as first_use_jobs
    from sscb_training.evaluations.first_use import routes as first_use
    from sscb_training.evaluations.results import routes as evaluation_results
    from sscb_training.evaluations.settings import routes as evaluation_settings
    from sscb_training.home.agency import routes as home_agency
    from sscb_training.home.matrix import routes as home_matrix
    from sscb_training.home.person import routes as home_person
    from sscb_training.home.record import routes as home_record
    from sscb_training.home.today import routes as home_today
    from sscb_training.imports import jobs as import_jobs
    from sscb_training.imports import routes as imports
    from sscb_training.letters import routes as letters
    from sscb_training.letters.kinds import ATTACH, KINDS, WHY_NOT
    from sscb_training.letters.texts import routes as texts
    from sscb_training.needs.audiences import routes as audiences
    from sscb_training.needs.coverage import routes as needs_coverage
    from sscb_training.needs.forecast import routes as needs_forecast
    from sscb_training.needs.headcounts import jobs as headcount_jobs
    from sscb_training.needs.headcounts import routes as headcounts
    from sscb_training.needs.overview import routes as needs
    from sscb_training.needs.proof import routes as needs_proof
    from sscb_training.needs.reviews import jobs as review_jobs
    from sscb_training.needs.reviews import routes as reviews
    from sscb_training.needs.triage import routes as triage
    from sscb_training.people import cli as people_cli
    from sscb_training.people import jobs as people_jobs
    from sscb_training.people import routes as people
    from sscb_training.people import signed_in
    from sscb_training.people.accounts import routes as accounts
    from sscb_training.people.details import routes as details
    from sscb_training.programme import routes as programme
    from sscb_training.quizzes import jobs as quiz_jobs
    from sscb_training.quizzes import routes as quizzes
    from sscb_training.quizzes.bank import routes as quiz_bank
    from sscb_training.reports.board import routes as reports_board
    from sscb_training.reports.coverage import routes as reports
    from sscb_training.reports.dashboard import routes as reports_dashboard
    from sscb_training.reports.front import routes as reports_front
    from sscb_training.reports.frozen import routes as reports_frozen
    from sscb_training.reports.lapses import routes as reports_lapses
    from sscb_training.reports.rows import routes as reports_rows
    from sscb_training.reports.schedules import jobs as report_jobs
    from sscb_training.reports.schedules import routes as reports_schedules
    from sscb_training.reports.use import routes as reports_use
    from sscb_training.search import routes as search
    from sscb_training.tools import routes as tools
    from sscb_training.tools.agreements import routes as agreements
    from sscb_training.tools.champions import routes as champions
    from sscb_training.tools.resources import routes as resources
    from sscb_training.trainers import routes as trainers
    from sscb_training.trainers.invitations import jobs as invitation_jobs
    from sscb_training.trainers.invitations import routes as invitations
    from sscb_training.trainers.lapsed import routes as trainers_lapsed
    from sscb_training.trainers.own import routes as trainers_own

    mail.init_app(app, WHY_NOT, KINDS, ATTACH)
    signed_in.init_app(app)
    features = (
        health, notices, agencies, people, accounts, details, settings, described, schemes, venues, pool, dates,
        copies, bookings, feed, booking_letters, eligibility, places, requests, charges, changes, make_up,
        changed_dates, leavers, teams, sessions, interest, several, accreditation, external, licence, attendance,
        attendance_parts, attendance_phone, door, registers_listed, check_in, paper, register_changes, confirmations,
        retakes, unconfirmed, quizzes, quiz_bank, imports, trainers, trainers_own, trainers_lapsed, invitations,
        evaluations, evaluation_results, evaluation_settings, first_use, certificates, badges, certificate_check,
        reissue, session_certificates, tools, agreements, resources, champions, case_audits, audit_imports,
        audit_links, audit_actions, audit_indicators, briefings, discussions, drafts, triage, reviews, audiences,
        needs_coverage, headcounts, needs_forecast, needs_proof, needs, programme, catalogue, briefings_read, reports,
        reports_use, reports_lapses, reports_rows, reports_board, reports_frozen, reports_schedules,
        reports_dashboard, reports_front, home_today, home_agency, home_matrix, home_person, home_record, search,
        letters, texts,
    )  # fmt: skip
    for blueprint in dict.fromkeys(feature.bp for feature in features):  # smaller features share one
        app.register_blueprint(blueprint)
    for group in (history_group, badges_cli.group, people_cli.group, demo_cli.group):
        app.cli.add_command(group)
    jobs.init_app(
        app,
        [
            jobs.Job("send letters", timedelta(seconds=5), mail.deliver),
            jobs.Job("seal the history", timedelta(minutes=1), history.seal_job),
            jobs.Job("lapse offers", timedelta(seconds=30), place_jobs.lapse_offers),
            jobs.Job("offer released places", timedelta(seconds=30), place_jobs.offer_released_places),
            jobs.Job("tell of new dates", timedelta(seconds=30), interest_jobs.tell_of_new_dates),
            jobs.Job("tell of leavers", timedelta(minutes=5), leaver_jobs.tell_of_leavers),
            jobs.Job("lapse approvals", timedelta(minutes=1), request_jobs.lapse_approvals),
            jobs.Job("remind approvers", timedelta(minutes=15), request_jobs.remind_approvers),
            jobs.Job(
                "send joining instructions", timedelta(minutes=5), letter_jobs.send_joining_instructions
            ),
            jobs.Job("open quizzes", timedelta(minutes=5), quiz_jobs.open_quizzes),
            jobs.Job("mark what ran out", timedelta(minutes=1), quiz_jobs.mark_what_ran_out),
            jobs.Job("ask for evaluations", timedelta(minutes=15), evaluation_jobs.ask_for_evaluations),
            jobs.Job("remind of evaluations", timedelta(minutes=15), evaluation_jobs.remind_of_evaluations),
            jobs.Job("see to invitations", timedelta(minutes=15), invitation_jobs.see_to_invitations),
            jobs.Job("remind of expiry", timedelta(minutes=15), expiry_jobs.remind_of_expiry),
            jobs.Job("ask of first use", timedelta(hours=1), first_use_jobs.ask_of_first_use),
            jobs.Job("remind of first use", timedelta(hours=1), first_use_jobs.remind_of_first_use),
            jobs.Job(
                "remind of confirmations", timedelta(hours=1), confirmation_jobs.remind_of_confirmations
            ),
            jobs.Job("make scheduled reports", timedelta(minutes=15), report_jobs.make_scheduled_reports),
            jobs.Job("remind of headcounts", timedelta(hours=1), headcount_jobs.remind_of_headcounts),
            jobs.Job("keep certificates", timedelta(minutes=5), certificate_jobs.keep_certificates),
            jobs.Job("go on with imports", timedelta(seconds=2), import_jobs.go_on_with_imports),
            jobs.Job("forget imported files", timedelta(hours=6), import_jobs.forget_imported_files),
            jobs.Job("forget files of audits", timedelta(hours=6), audit_import_jobs.forget_files),
            jobs.Job("send certificates", timedelta(seconds=10), sending_jobs.send_certificates),
            jobs.Job("follow coverage", timedelta(hours=1), review_jobs.follow_coverage),
            jobs.Job("forget access needs", timedelta(hours=6), booking_jobs.forget_access_needs),
            jobs.Job("forget old letters", timedelta(hours=6), mail.forget_old_letters),
            jobs.Job("forget old sign-ins", timedelta(minutes=15), people_jobs.forget_old_sign_ins),
        ],
    )


def _configure(app: Flask, settings: Settings) -> None:
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SESSION_COOKIE_NAME="__Host-session" if settings.is_production else "session",
        SESSION_COOKIE_SECURE=settings.is_production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=5 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # a form is good for as long as the session that it was given to
        WTF_CSRF_SSL_STRICT=False,  # the token decides; some councils' proxies strip the Referer header
        MAIL_SERVER=settings.mail_server,
        MAIL_PORT=settings.mail_port,
        MAIL_USERNAME=settings.mail_username or None,
        MAIL_PASSWORD=settings.mail_password or None,
        MAIL_USE_TLS=settings.mail_use_tls,
        MAIL_CA_FILE=settings.mail_ca_file or None,
        MAIL_DEFAULT_SENDER=settings.mail_default_sender,
    )


def _serve_behind_the_web(app: Flask, settings: Settings) -> None:
    app.before_request(_refuse_nul)
    if (ROOT / "static").is_dir():
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=str(ROOT / "static"),
            prefix="static/",
            max_age=A_YEAR if settings.is_production else 0,
            add_headers_function=partial(_static_headers, settings.is_production),
        )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]


def _static_headers(is_production: bool, static_headers: object, _path: str, _url: str) -> None:
    if is_production:
        static_headers["Strict-Transport-Security"] = HSTS  # type: ignore[index]
    static_headers["X-Content-Type-Options"] = "nosniff"  # type: ignore[index]
    static_headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"  # type: ignore[index]
    static_headers["Referrer-Policy"] = "same-origin"  # type: ignore[index]


def _refuse_nul() -> None:
    """PostgreSQL cannot keep a NUL and no person types one."""
    if "\0" in request.path or any(
        "\0" in value for values in request.values.listvalues() for value in values
    ):
        abort(400)
