"""What somebody is asked about their own account."""

from sscb_training.core.forms import Form, email, password, text
from sscb_training.people.forms import ABOUT_PASSWORDS


class ChangePasswordForm(Form):
    """The old password and a new one."""

    current = password("Current password", required="Enter your current password")
    password = password(
        "New password", required="Enter a new password", hint=ABOUT_PASSWORDS, autocomplete="new-password"
    )


class ChangeEmailForm(Form):
    """Another address."""

    email = email("New work email address", required="Enter your new email address")
    current = password("Current password", required="Enter your current password")


class NameForm(Form):
    """Another name."""

    name = text("Full name", required="Enter your full name", autocomplete="name")


class ConfirmNewEmailForm(Form):
    """Only a button."""
