"""Whether a delegate is ready."""

from typing import Any

from sscb_training.core.forms import Form, long_text, radios

READY, NOT_READY = "ready", "not_ready"
REASON: dict[str, Any] = {"lines": 3, "max_length": 1000, "hint": "Do not write about a child or a family."}


class ConfirmForm(Form):
    """The manager's word."""

    answer = radios(
        "Are they ready to use it in their work?",
        {READY: "Yes, I confirm it", NOT_READY: "No, not yet"},
        required="Select whether they are ready",
    )
    reason = long_text("If not, what is missing? The board’s training team reads it", **REASON)

    @property
    def answers(self) -> dict[str, Any]:
        return {"is_ready": self.answer.data == READY, "reason": self.reason.data}


class DecideForm(ConfirmForm):
    """The same, by board staff in the manager's stead."""

    answer = radios(
        "What did you find out?",
        {READY: "They are ready", NOT_READY: "They are not ready"},
        required="Select what you found out",
    )
    reason = long_text("How do you know?", required="Enter how you know", **REASON)
