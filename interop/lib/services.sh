# shellcheck shell=sh disable=SC2154  # manager is the caller's.
# Keeps what is installed from running. Sourced by interop/setup.
#
# The harness starts a private RabbitMQ node of its own, on loopback, and wants no other. But on a machine with an init
# system the Debian package starts a system-wide broker, on every interface, as it is installed, and again at each boot;
# Erlang, which comes along, does the same with its port mapper, epmd. Therefore, and only if the package was not there
# before:
#
#   - while apt-get runs, a temporary /usr/sbin/policy-rc.d forbids to start these two services (and nothing else); it
#     is removed afterwards, also after a failure or an interrupt, and by the next run if this one was killed. A policy
#     that is there already is left alone - it is somebody else's, as a rule "start nothing", in a container;
#   - after that, both services are disabled, so that they do not start at the next boot either, and stopped in case
#     they were started in spite of it. Fedora starts no service of a package that is installed; should a local preset
#     say otherwise, this undoes it. Homebrew starts none before it is told to.
#
# A broker that was installed before is neither stopped, disabled nor upgraded.

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

may_be_root() { [ "$(id -u)" = 0 ] || { has_command sudo && sudo -n true 2> /dev/null; }; }

policy=/usr/sbin/policy-rc.d
policy_mark='# Temporary, by interop/setup of SyRPC, process'
policy_is_ours=
new_services=

# Whether the package that has a service is installed, as $manager knows it.
has_service() {
  case $manager-$1 in
    apt-epmd) [ "$(dpkg-query -W -f '${db:Status-Status}' erlang-base 2> /dev/null)" = installed ] ;;
    apt-*) [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ] ;;
    dnf-epmd) rpm -q erlang-erts > /dev/null 2>&1 ;;
    dnf-*) rpm -q "$1" > /dev/null 2>&1 ;;
  esac
}

# Keeps the services that are about to be installed from being started.
hold_services() {
  for service in rabbitmq-server epmd; do
    has_service $service || new_services="$new_services $service"
  done
  [ -n "$new_services" ] || return 0
  trap release_services EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  if [ "$manager" = apt ] && [ ! -e $policy ]; then
    policy_is_ours=yes
    # noclobber: should somebody else have made one in the meantime, it stays.
    as_root sh -c "set -C; cat > $policy && chmod 755 $policy" << EOF_POLICY
#!/bin/sh
$policy_mark $$
case \$1 in
$(for service in $new_services; do echo "  $service | $service.* | $service@*) exit 101 ;;"; done)
esac
exit 0
EOF_POLICY
  fi
}

release_services() {
  trap - EXIT
  if [ -n "$policy_is_ours" ]; then
    as_root rm -f $policy
    policy_is_ours=
  fi
  for service in $new_services; do
    has_service "$service" || continue
    case $service in
      epmd) units="epmd.service epmd.socket" ;;
      *) units=$service.service ;;
    esac
    if has_command systemctl; then
      # shellcheck disable=SC2086  # One word for each unit.
      as_root systemctl disable $units > /dev/null 2>&1 || :
      # shellcheck disable=SC2086
      [ ! -d /run/systemd/system ] || as_root systemctl stop $units || :
    elif [ -e "/etc/init.d/$service" ] && has_command update-rc.d; then
      as_root update-rc.d "$service" disable || :
    fi
    say "the service $service is not started, and will not be at boot"
  done
  new_services=
}

# Removes the policy of a run that was killed before it could.
remove_stale_policy() {
  [ -f $policy ] || return 0
  stale=$(sed -n "s|^$policy_mark ||p" $policy)
  if [ -n "$stale" ] && [ ! -d "/proc/$stale" ] && may_be_root; then
    say "removing $policy, which an interrupted run left behind"
    as_root rm -f $policy
  fi
}
