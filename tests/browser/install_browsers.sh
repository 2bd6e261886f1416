#!/bin/sh
# Installs Chromium where none is found: the system's where we may, else the one that Playwright downloads. Firefox is
# installed where the system has it; without it, its tests say that they are skipped.
# install_browsers.sh FOLDER_WITH_PLAYWRIGHT
set -eu

has() {
    for name in "$@"; do
        if command -v "$name" >/dev/null; then return 0; fi
    done
    return 1
}

has_chromium() { has chromium chromium-browser google-chrome; }
has_firefox() { has firefox-esr firefox; }

if ! { has_chromium && has_firefox; } && has apt-get && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # Some systems have no such package.
    has_chromium || apt-get install -y -qq chromium >/dev/null || true
    has_firefox || apt-get install -y -qq --no-install-recommends firefox-esr >/dev/null || true
fi
has_chromium || exec "$1/playwright" install --with-deps chromium
