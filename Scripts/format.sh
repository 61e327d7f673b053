#!/usr/bin/env bash
# Lays out every Swift file by .swift-format.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

require_swift
swift format --in-place --parallel --recursive Package.swift Sources Tests Examples
