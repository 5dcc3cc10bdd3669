"""What accounts ask."""

from sscb_training.core.forms import Form, email, password


class SignInForm(Form):
    """Who is there?"""

    email = email(required="Enter your email address", autocomplete="username")
    password = password()
