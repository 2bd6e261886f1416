"""What all tests share: Deno trusts the system's certificates, and Ctrl-C is heard, as in a person's terminal."""

import os
import signal

os.environ.setdefault("DENO_TLS_CA_STORE", "mozilla,system")
# Shells let what they start in the background ignore it, and commands inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
