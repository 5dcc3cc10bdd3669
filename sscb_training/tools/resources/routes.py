"""Pages of resources: for holders, for whoever is not one, and for the staff who look after them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.files import FileRefused, file_answer
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.sheets import csv_answer, excel_answer
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person
from sscb_training.tools import queries as tools
from sscb_training.tools.resources import queries, service
from sscb_training.tools.resources.forms import ResourceForm, VersionForm, WordsForm, words_of
from sscb_training.tools.resources.models import Resource
from sscb_training.tools.routes import bp
from sscb_training.tools.service import ToolRefused

FILES = {"csv": csv_answer, "xlsx": excel_answer}


@bp.get("/tools/<int:scheme_id>/resources")
@allow(SIGNED_IN)
def resources(scheme_id: int) -> ResponseReturnValue:
    """The present versions, for whoever may use the tool today; everybody else is told what they need."""
    scheme = get_or_404(AccreditationScheme, scheme_id)
    viewer, today = current_person(), clock.today()
    entry = queries.entry(viewer, scheme, on=today)
    if not entry.is_open:
        return render_template(
            "tools/closed.html",
            scheme=scheme,
            entry=entry,
            dates=tools.dates_leading_to(scheme, viewer, now=clock.now(), on=today),
        )
    everything = queries.resources(scheme)
    present = [(one, version) for one in everything if (version := one.present(today))]
    return render_template(
        "tools/resources.html",
        scheme=scheme,
        present=present,
        others=[one for one in everything if one.present(today) is None] if viewer.is_board_staff else [],
        today=today,
    )


@bp.get("/tools/resource-versions/<int:version_id>")
@allow(SIGNED_IN)
def open_resource(version_id: int) -> ResponseReturnValue:
    """The file, or the way to the page elsewhere. That the viewer had this version is kept."""
    version = queries.version_seen_by(current_person(), version_id, on=clock.today())
    with transaction():
        service.note_reader(version, current_person(), now=clock.now())
    return file_answer(version.file) if version.file else redirect(version.url)


@bp.route("/tools/<int:scheme_id>/resources/add", methods=["GET", "POST"])
@allow(*STAFF)
def add_resource(scheme_id: int) -> ResponseReturnValue:
    """Put a resource there."""
    scheme = get_or_404(AccreditationScheme, scheme_id)
    form = ResourceForm.from_request(valid_from=clock.today())
    if form.accepted():
        try:
            with transaction():
                resource = service.add_resource(scheme, **form.answers, by=current_person(), now=clock.now())
        except (FileRefused, service.ContentRefused) as refusal:
            form.refuse(refusal, "file")
        else:
            flash(f"{resource.title} is added", "success")
            return redirect(url_for("tools.resources", scheme_id=scheme.id))
    return render_template("tools/add_resource.html", form=form, scheme=scheme)


@bp.get("/tools/resources/<int:resource_id>")
@allow(*STAFF)
def resource(resource_id: int) -> ResponseReturnValue:
    """A resource with all its versions, how many people had each, and what was done to it."""
    found = queries.resource_for_staff(resource_id)
    return render_template(
        "tools/resource.html",
        resource=found,
        present=found.present(clock.today()),
        readers=queries.numbers_of_readers(found),
        events=events_about(found),
        today=clock.today(),
    )


@bp.route("/tools/resources/<int:resource_id>/change", methods=["GET", "POST"])
@allow(*STAFF)
def change_resource(resource_id: int) -> ResponseReturnValue:
    """Call it otherwise, or describe it better."""
    resource = queries.resource_for_staff(resource_id)
    form = WordsForm.from_request(**words_of(resource))
    if form.accepted():
        try:
            with transaction():
                form.settle(resource, words_of)
                service.change_resource(resource, **form.answers, by=current_person(), now=clock.now())
        except Overtaken as refusal:
            form.refuse(refusal)
        else:
            return _done("The changes are saved", resource)
    return render_template("tools/change_resource.html", form=form, resource=resource)


@bp.route("/tools/resources/<int:resource_id>/replace", methods=["GET", "POST"])
@allow(*STAFF)
def replace_resource(resource_id: int) -> ResponseReturnValue:
    """Put a new version in the place of the present one."""
    resource = queries.resource_for_staff(resource_id)
    form = VersionForm.from_request(valid_from=clock.today())
    if form.accepted():
        try:
            with transaction():
                version = service.replace_resource(
                    resource, **form.answers, by=current_person(), now=clock.now()
                )
        except (FileRefused, service.ContentRefused) as refusal:
            form.refuse(refusal, "file")
        except ToolRefused as refusal:
            form.refuse(refusal, "valid_from")
        else:
            return _done(f"Version {version.name} is added", resource)
    return render_template(
        "tools/replace_resource.html", form=form, resource=resource, present=resource.present(clock.today())
    )


@bp.post("/tools/resources/<int:resource_id>/retire")
@allow(*STAFF)
def retire_resource(resource_id: int) -> ResponseReturnValue:
    """Close a resource for all but staff."""
    resource = queries.resource_for_staff(resource_id)
    with transaction():
        service.retire_resource(resource, by=current_person(), now=clock.now())
    return _done(f"{resource.title} is retired", resource)


@bp.post("/tools/resources/<int:resource_id>/restore")
@allow(*STAFF)
def restore_resource(resource_id: int) -> ResponseReturnValue:
    """Open a retired resource again."""
    resource = queries.resource_for_staff(resource_id)
    with transaction():
        service.restore_resource(resource, by=current_person(), now=clock.now())
    return _done(f"{resource.title} is open again", resource)


@bp.post("/tools/resources/<int:resource_id>/move-up")
@allow(*STAFF)
def move_resource_up(resource_id: int) -> ResponseReturnValue:
    """Put a resource one place earlier."""
    resource = queries.resource_for_staff(resource_id)
    with transaction():
        service.move_resource_up(resource, by=current_person(), now=clock.now())
    return redirect(url_for("tools.resources", scheme_id=resource.scheme_id))


@bp.post("/tools/resource-versions/<int:version_id>/take-back")
@allow(*STAFF)
def take_back_version(version_id: int) -> ResponseReturnValue:
    """Close a version that should not have been put there."""
    version = queries.version_for_staff(version_id)
    with transaction():
        service.take_back_version(version, by=current_person(), now=clock.now())
    return _done(f"Version {version.name} is taken back", version.resource)


@bp.get("/tools/resource-versions/<int:version_id>/readers")
@allow(*STAFF)
def readers(version_id: int) -> ResponseReturnValue:
    """Who had a version, to tell them when it must not be used any more."""
    version, today = queries.version_for_staff(version_id), clock.today()
    if answer := FILES.get(request.args.get("format", "")):
        return answer("who-had-it", queries.READERS, queries.exported(version, on=today))
    return render_template(
        "tools/readers.html",
        version=version,
        page=page_of(queries.readers(version), page=page_asked_for()),
        agencies_of=queries.agencies_of,
        today=today,
    )


def _done(words: str, resource: Resource) -> Response:
    flash(words, "success")
    return redirect(url_for("tools.resource", resource_id=resource.id))
