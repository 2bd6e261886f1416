#!/bin/sh
# Installs Chromium where none is found: the system's where we may, else the one that Playwright downloads.
# install_chromium.sh FOLDER_WITH_PLAYWRIGHT
set -eu

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exit 0; fi
done
if [ -x "$(command -v apt-get)" ] && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # Some systems have no such package: then Playwright's own is the way.
    if apt-get install -y -qq chromium >/dev/null; then exit 0; fi
fi
exec "$1/playwright" install --with-deps chromium
