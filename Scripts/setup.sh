#!/usr/bin/env bash
# Sees to it that the toolchain and the C libraries are there, and installs the libraries that are not.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The providers of the systemLibrary targets in Package.swift, and what compiling and linking needs.
debian_packages=(
  g++ pkg-config
  libarchive-dev libcurl4-openssl-dev libgmp-dev libmicrohttpd-dev librocksdb-dev libsecp256k1-dev libsimdjson-dev
  libssl-dev libwslay-dev libxxhash-dev zlib1g-dev
)
brew_packages=(pkgconf curl gmp libarchive libmicrohttpd openssl@3 rocksdb secp256k1 simdjson wslay xxhash zlib)

is_installed() {
  [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

install_on_debian() {
  local missing=() package
  for package in "${debian_packages[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]} > 0)) || return 0

  local install="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  printf 'Installing the Debian packages %s\n' "${missing[*]}"
  if [[ "$(id -u)" == 0 ]]; then
    DEBIAN_FRONTEND=noninteractive bash -c "$install" || die "Could not install; try by hand: $install"
  elif command -v sudo >/dev/null; then
    sudo env DEBIAN_FRONTEND=noninteractive bash -c "$install" \
      || die "Could not install; try by hand: sudo sh -c '$install'"
  else
    die "Packages are missing. As root, run: $install"
  fi
}

check_on_macos() {
  command -v brew >/dev/null || die "Homebrew (https://brew.sh) is needed for: ${brew_packages[*]}"
  local missing=() package
  for package in "${brew_packages[@]}"; do
    brew list --versions "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  ((${#missing[@]} == 0)) || die "Libraries are missing. Run: brew install ${missing[*]}"
}

require_swift
case "$(uname -s)" in
  Darwin) check_on_macos ;;
  *)
    if command -v dpkg-query >/dev/null; then
      install_on_debian
    else
      printf 'No dpkg here; needed are the equivalents of: %s\n' "${debian_packages[*]}" >&2
    fi
    ;;
esac
