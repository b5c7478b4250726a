extension ProcessGuard {
  /// What the guard runs with `bash -c`; bash 3.2 of macOS included.
  ///
  /// Each line of input is a name and a shell command. Its argument is the folder to remove.
  static let script = """
    # The guard of a SyRPC interop run: starts commands, and ends them all when its input ends.
    # It must outlive whoever sends it lines, so that only SIGKILL stops it before its work is done.
    trap '' HUP INT QUIT TERM PIPE
    # Every job gets a process group of its own.
    set -m
    while IFS= read -r line; do
      name=${line%% *}
      (
        trap - HUP INT QUIT TERM PIPE
        eval "${line#* }"
        echo "ended $name $?"
        # Nothing of the group may stay, the job itself included.
        kill -KILL 0
      ) </dev/null &
      echo "started $name $!"
    done
    # Running jobs only: the id of one that is gone may be a stranger's.
    leaders=$(jobs -rp)
    for leader in $leaders; do kill -KILL -- "-$leader"; done
    wait
    # The rest of a group dies soon after its leader; a zombie that nobody reaps would stay in it for ever.
    for leader in $leaders; do
      tries=0
      while kill -0 -- "-$leader" 2>/dev/null && [ "$tries" -lt 20 ]; do
        tries=$((tries + 1))
        sleep 0.05
      done
    done
    rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }
    """
}
