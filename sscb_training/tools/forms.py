"""What staff are asked about a tool."""

from typing import Any

from sscb_training.core.edits import EditForm
from sscb_training.core.forms import day, radios
from sscb_training.tools.models import ToolSetting

NONE, RECORDED, NEEDED = "none", "recorded", "needed"


class SettingForm(EditForm):
    """Whether there are agreements, and whether resources wait for them."""

    agreements = radios(
        "Do agencies sign an agreement before their staff use this tool?",
        {
            NONE: "No",
            RECORDED: "Yes. Who is accredited has the resources in any case",
            NEEDED: "Yes, and without one in force their staff do not have the resources",
        },
        required="Select whether agencies sign an agreement",
        hint="Ask your licence. The service knows no rule of the tool’s publisher.",
    )
    needed_from = day(
        "From which day do resources wait for the agreement?",
        hint="Only for the third answer. For example, 27 3 2027",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Each answer by itself; then whether the third has its day."""
        if not super().validate(extra_validators):
            return False
        is_missing = self.agreements.data == NEEDED and self.needed_from.data is None
        if is_missing:
            self.needed_from.errors = ["Enter the day from which resources wait for the agreement"]
        return not is_missing

    @property
    def setting(self) -> dict[str, Any]:
        needed = self.agreements.data == NEEDED
        return {
            "is_licensed": self.agreements.data != NONE,
            "agreement_needed_from": self.needed_from.data if needed else None,
        }


def answers_of(setting: ToolSetting | None) -> dict[str, Any]:
    """What the board says of a tool now, as usual answers."""
    if setting is None or not setting.is_licensed:
        return {"agreements": NONE, "needed_from": None}
    needed_from = setting.agreement_needed_from
    return {"agreements": NEEDED if needed_from else RECORDED, "needed_from": needed_from}
