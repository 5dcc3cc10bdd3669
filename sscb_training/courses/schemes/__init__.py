"""The schemes of accreditation as staff set them: what each asks, and which courses lead to it."""
