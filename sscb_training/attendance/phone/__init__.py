"""The register on a phone in a hall: each mark is sent by itself, at once or when there is a connection again.

The phone gives every mark a *key* and says what it was *based on*. A mark that is sent twice is taken once; one that
another trainer's mark has overtaken is not taken, and the trainer is shown both (docs/decisions/0023).
"""
