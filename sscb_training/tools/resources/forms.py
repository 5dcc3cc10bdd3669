"""What staff are asked about resources."""

from typing import Any

from sscb_training.core import forms
from sscb_training.core.edits import EditForm
from sscb_training.core.files import ACCEPTED, uploaded
from sscb_training.core.forms import Form
from sscb_training.tools.resources.models import Resource


class _Words(Form):
    title = forms.text("Title", required="Enter a title", max_length=120)
    description = forms.long_text(
        "What it is for (optional)", lines=3, max_length=1000, name="What it is for"
    )


class VersionForm(Form):
    """A file or a link, and from when."""

    name = forms.text(
        "Version",
        required="Enter the version",
        hint="As its publisher calls it. For example, 2.1 or March 2026",
        max_length=40,
        width="20",
    )
    valid_from = forms.day("From", required="Enter the day from which it counts")
    file = forms.upload(
        "File",
        hint="A PDF, a picture, or a Word, Excel or PowerPoint file without macros, up to 4 MB",
        accept=ACCEPTED,
    )
    link = forms.text(
        "Address of a page elsewhere",
        hint="Instead of a file. It begins with https://. Whoever may use the tool is sent there",
        max_length=500,
        checks=[forms.web_address],
        kind="url",
    )

    @property
    def answers(self) -> dict[str, Any]:
        return super().answers | {"file": uploaded(self.file)}


class ResourceForm(VersionForm, _Words):
    """A new resource with its first version."""


class WordsForm(_Words, EditForm):
    """What a resource is called and what it is for."""


def words_of(resource: Resource) -> dict[str, Any]:
    """A resource's words as they are now, as usual answers."""
    return {"title": resource.title, "description": resource.description}
