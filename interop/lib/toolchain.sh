# shellcheck shell=sh
# Whether there is a Swift toolchain that can build this. Sourced by interop/setup.

# What Package.swift asks for.
least_swift=6.2

# Prints what there is and what to install; nothing if all is well.
toolchain_problem() {
  if ! command -v swift > /dev/null 2>&1; then
    problem="there is no Swift toolchain on the PATH"
  elif ! version=$(swift --version 2>&1); then
    problem="the Swift toolchain on the PATH does not run: $(echo "$version" | head -n 1)"
  else
    version=$(echo "$version" | sed -n -E 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
    # By number: 6.10 comes after 6.2.
    [ -n "$version" ] && awk -v has="$version" -v least=$least_swift 'BEGIN {
      split(has, h, "."); split(least, l, "."); exit !(h[1] > l[1] || (h[1] == l[1] && h[2] >= l[2])) }' && return
    problem="the Swift toolchain on the PATH is ${version:-of no known version}"
  fi
  echo "$problem; $least_swift or later is needed. $(toolchain_advice)"
}

toolchain_advice() {
  if [ "$(uname)" = Darwin ]; then
    echo "Install Xcode 26 or later, or a toolchain with swiftly (https://www.swift.org/install/macos)"
  elif command -v apk > /dev/null 2>&1; then
    echo "There is none for Alpine: those of swift.org are made for glibc, and do not run on musl." \
      "Use Debian, Ubuntu or Fedora, in a container for instance"
  else
    echo "Install one with swiftly (https://www.swift.org/install/linux), or the tar archive for this system from there"
  fi
}
