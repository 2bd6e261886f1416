"""What all tests share: Deno trusts the system's certificates, as it does when the product runs it."""

import os

os.environ.setdefault("DENO_TLS_CA_STORE", "mozilla,system")
