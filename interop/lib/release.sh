# shellcheck shell=sh disable=SC2034,SC2154  # checkout and program are the caller's.
# The program as it is built for use. Sourced by interop/run and interop/install, so that what one has built the other need not.

# Builds `syrpc`, and sets `program` to its path.
#
#   build_release [CONFIGURATION]
#
# `release`, the default, is optimized, and needs no toolchain where it runs; `debug` is what the tests are built with.
build_release() {
  configuration=${1:-release}
  set -- --package-path "$checkout" --configuration "$configuration" --product syrpc
  # A program that loads the toolchain's libraries would need the toolchain. macOS has them itself.
  [ "$configuration" != release ] || [ "$(uname)" = Darwin ] || set -- "$@" --static-swift-stdlib
  swift build "$@" >&2 || return
  program=$(swift build "$@" --show-bin-path)/syrpc
}
