"""Which file is to be imported."""

from sscb_training.core.forms import Form, upload


class ImportAuditForm(Form):
    """A workbook made from the template."""

    file = upload(
        "Upload a file",
        required="Select a file",
        hint="The template, filled in: an Excel workbook (.xlsx), smaller than 1 MB",
        accept=".xlsx",
    )
