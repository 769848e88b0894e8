#!/usr/bin/env bash
# Brings what building needs and this machine lacks: the WebAssembly target, three cargo tools, the npm packages. Each is
# taken as it is when it fits; run again it does nothing. Tools are kept outside the project, so another clone finds them.
# `setup.sh prove` brings what only the long runs use: schemathesis, if there is a Python for it.
set -euo pipefail
cd "$(dirname "$0")"

tools="${XDG_CACHE_HOME:-$HOME/.cache}/xinheng/tools"
export PATH="$tools/bin:$PATH"

say() { printf '\033[1m· %s\033[0m\n' "$*" >&2; }
need() { command -v "$1" >/dev/null || { echo "Xinheng needs $1: $2" >&2; exit 1; }; }

need cargo "install Rust with rustup"
need rustup "the WebAssembly target comes through it"
need node "version 20 or newer, with npm"
need npm "it comes with node"

rustup target list --installed | grep -qx wasm32-unknown-unknown || {
  say "adding the WebAssembly target"
  rustup target add wasm32-unknown-unknown
}

cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
cargo clippy --version >/dev/null 2>&1 || rustup component add clippy

# tool VERSION BINARY CRATE [--locked]: as it is if it fits, else prebuilt, else compiled here, once.
tool() {
  local version=$1 binary=$2 crate=$3 locked=${4:-}
  if command -v "$binary" >/dev/null && "$binary" --version 2>/dev/null | grep -qE "(^| )$version( |\$)"; then return; fi
  if command -v cargo-binstall >/dev/null; then
    say "fetching $crate $version"
    cargo binstall --no-confirm --root "$tools" "$crate@$version" && return
  fi
  say "compiling $crate $version (once; minutes on a small machine)"
  # shellcheck disable=SC2086
  env -u CARGO_TARGET_DIR CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
    cargo install --root "$tools" $locked "$crate@$version"
}
# wasm-bindgen: to the digit what Cargo.toml says. Its own lock names crates that are no longer to be had.
tool 0.2.130 wasm-bindgen wasm-bindgen-cli
tool 0.8.7 worker-build worker-build --locked
tool 0.21.14 trunk trunk --locked

if [ ! -e node_modules/.installed ] || [ package-lock.json -nt node_modules/.installed ]; then
  say "installing the npm packages"
  # Not `npm ci`: it refuses a lock that lacks the binaries of other systems, and those differ from registry to registry.
  npm install --no-save --no-fund --no-audit --loglevel=error
  touch node_modules/.installed
fi

if [ "${1:-}" = prove ]; then
  version=4.32.5
  fuzzer="$(dirname "$tools")/schemathesis"
  "$fuzzer/bin/schemathesis" --version 2>/dev/null | grep -qE " ${version//./\\.}\$" || {
    say "installing schemathesis $version"
    python3 -m venv --clear "$fuzzer" && "$fuzzer/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version" ||
      say "schemathesis cannot be had here: it needs Python 3.10 or newer with venv"
  }
fi
