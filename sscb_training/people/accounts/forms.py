"""What accounts ask."""

from sscb_training.core.forms import Form, email, password, text
from sscb_training.people.forms import ABOUT_PASSWORDS, ManagerForm, WorkForm, YouForm


class SignInForm(Form):
    """Who is there?"""

    email = email(required="Enter your email address", autocomplete="username")
    password = password()


class CreateAccountForm(YouForm, WorkForm, ManagerForm):
    """Who are you, where do you work, who is your manager?"""


class EmailForm(Form):
    """Which address?"""

    email = email(required="Enter your email address")


class ConfirmForm(Form):
    """The password that the account was asked for with."""

    password = password("Password that you chose", required="Enter the password that you chose")


class NewPasswordForm(Form):
    """A new password."""

    password = password(
        "New password", required="Enter a new password", hint=ABOUT_PASSWORDS, autocomplete="new-password"
    )


class InvitedForm(Form):
    """Who accepts, and their password."""

    name = text("Full name", required="Enter your full name", autocomplete="name")
    password = password(
        "Choose a password", required="Choose a password", hint=ABOUT_PASSWORDS, autocomplete="new-password"
    )
