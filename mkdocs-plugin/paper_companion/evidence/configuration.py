"""The mistake that ends a run with status 2: the checker is set up wrongly."""


class ConfigurationError(Exception):
    """The checker itself is set up wrongly; says what to do."""
