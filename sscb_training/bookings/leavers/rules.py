"""What decides about the bookings of leavers: values in, values out."""

from sscb_training.courses.models import ApprovalStyle


def style_of_approval(
    style: ApprovalStyle, *, has_manager: bool, has_no_manager: bool, by_board: bool, makes_up: bool = False
) -> ApprovalStyle | None:
    """Who must agree before a booking counts in the new job; None: nobody.

    The new manager does, also where the delegate declared that the old one agreed: nobody has asked the new one yet.
    Where a coordinator allocates places, board staff have just done so. Nobody approves what `makes_up` a part.
    """
    if makes_up:
        return None
    if style is ApprovalStyle.COORDINATOR:
        return None if by_board else style
    if has_no_manager or (style is ApprovalStyle.DECLARED and not has_manager):
        return None
    return ApprovalStyle.MANAGER
