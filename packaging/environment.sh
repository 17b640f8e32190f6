#!/bin/sh
# Set up the environment of the compendium in .venv from uv.lock, on a machine that has nothing but Python or uv.
# Called by the Makefile, only when the lock or the package's own metadata changed.
set -eu
cd "$(dirname "$0")/.."
unset VIRTUAL_ENV

uv=""
python=""
for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$(command -v "$candidate")
        break
    fi
done

if [ -n "$python" ]; then
    # uv itself, at the version that wrote the lock, in a folder of its own beside the environment
    wanted=$(cat packaging/uv-version)
    if [ "$(.tools/bin/uv --version 2>/dev/null | cut -d' ' -f2)" != "$wanted" ]; then
        rm -rf .tools
        "$python" -m venv .tools
        .tools/bin/python -m pip install --quiet --disable-pip-version-check "uv==$wanted"
    fi
    uv=.tools/bin/uv
    export UV_PYTHON_DOWNLOADS=never
    # an interpreter without symbolic links, so that a shim of a version manager is not mistaken for it
    set -- --python "$("$python" -c 'import sys; print(sys._base_executable or sys.executable)')"
elif command -v uv >/dev/null 2>&1; then
    uv=uv
    set --
else
    echo "compendium: no Python 3.11 or newer with its venv module was found, and no uv; install one of them (Debian, Ubuntu: apt install python3-venv)." >&2
    exit 1
fi

echo "Setting up the environment in .venv (about a minute, once) ..."
"$uv" sync --frozen --compile-bytecode --quiet "$@"
touch .venv/.ready
