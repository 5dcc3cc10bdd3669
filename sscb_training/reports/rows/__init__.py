"""The rows behind a figure of use: which bookings it counts, with what became of them."""
