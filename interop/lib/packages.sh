# shellcheck shell=sh disable=SC2154  # Of the caller: program, that which is installed, or nothing in a checkout; build_only.
# What the harness needs of the system, what it is called where, and whether it is there. Sourced by interop/setup.

# Names of packages. Everything here goes by Debian's, of which a line has the one of Fedora and of Homebrew; `-` where
# there is none, or where it comes with another.
package_names() {
  cat << 'EOF_NAMES'
rabbitmq-server   rabbitmq-server      rabbitmq
librabbitmq-dev   librabbitmq-devel    rabbitmq-c
libjansson-dev    jansson-devel        jansson
librabbitmq4      librabbitmq          rabbitmq-c
libjansson4       jansson              jansson
libssl-dev        openssl-devel        openssl@3
pkg-config        pkgconf-pkg-config   pkgconf
openssl           openssl              openssl@3
git               git                  git
gcc               gcc                  -
libc6-dev         glibc-devel          -
nodejs            nodejs               node
npm               npm                  node
php-cli           php-cli              php
composer          composer             composer
unzip             unzip                unzip
python3           python3              python3
python3-venv      -                    -
ruby              ruby                 ruby
ruby-bunny        -                    -
EOF_NAMES
}

# Prints what packages, given by Debian's names, are called for a manager: apt, dnf or brew. A name that is not in the
# list is the same everywhere.
#
#   named_for MANAGER PACKAGE...
named_for() {
  for_manager=$1
  shift
  for package in "$@"; do
    package_names | awk -v package="$package" -v manager="$for_manager" '
      $1 == package { found = 1; name = manager == "dnf" ? $2 : manager == "brew" ? $3 : $1 }
      END { if (!found) name = package; if (name != "-") print name }'
  done | awk '!seen[$0]++'
}

has_command() { command -v "$1" > /dev/null 2>&1; }

# The package manager of this system: apt, dnf or brew; nothing if it has none that is known here.
package_manager() {
  if has_command apt-get; then
    echo apt
  elif has_command dnf; then
    echo dnf
  elif has_command brew; then
    echo brew
  fi
}

# pkg-config, which also sees what Homebrew keeps apart from what the system has.
library() {
  pkg-config "$@" 2> /dev/null && return
  has_command brew || return
  PKG_CONFIG_PATH="$(brew --prefix)/opt/openssl@3/lib/pkgconfig:${PKG_CONFIG_PATH:-}" pkg-config "$@" 2> /dev/null
}

# Prints the module of pkg-config that a package is about, and the oldest version that will do; nothing for others.
module_of() {
  case $1 in
    librabbitmq-dev) echo librabbitmq 0.10 ;;
    libjansson-dev) echo jansson 2.10 ;;
    libssl-dev) echo openssl 1.1.1 ;;
  esac
}

# Whether what a package is for is there, whoever installed it, and in whatever version.
has() {
  case $1 in
    rabbitmq-server)
      [ -x "${SYRPC_RABBITMQ_SERVER:-}" ] || [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || has_command rabbitmq-server
      ;;
    librabbitmq-dev | libjansson-dev | libssl-dev)
      # shellcheck disable=SC2046  # Two words.
      set -- $(module_of "$1")
      has_command pkg-config && library --exists "$1"
      ;;
    # One that is built says itself whether it finds its libraries.
    librabbitmq4 | libjansson4) "$program" --version > /dev/null 2>&1 ;;
    gcc) has_command cc || has_command gcc || has_command clang ;;
    *) has_command "$1" ;;
  esac
}

# Prints which are missing, one a line: to build in a checkout, or to run the program that is installed.
missing_packages() {
  if [ -n "$program" ]; then
    set -- rabbitmq-server librabbitmq4 libjansson4 git
  else
    set -- librabbitmq-dev libjansson-dev libssl-dev pkg-config openssl git
    [ -n "$build_only" ] || set -- rabbitmq-server "$@"
  fi
  for package; do
    has "$package" || echo "$package"
  done
  [ -n "$program" ] || has gcc || printf 'gcc\nlibc6-dev\n'
}

# Prints which libraries are there, but too old, one sentence a line.
old_libraries() {
  [ -z "$program" ] || return 0
  for package in librabbitmq-dev libjansson-dev libssl-dev; do
    has $package || continue
    # shellcheck disable=SC2046  # Two words.
    set -- $(module_of $package)
    library --atleast-version="$2" "$1" || echo "$1 $(library --modversion "$1") is installed; $2 or later is needed"
  done
}
