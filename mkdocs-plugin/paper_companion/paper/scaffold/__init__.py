"""A new companion site, or what an existing MkDocs site lacks to become one."""
