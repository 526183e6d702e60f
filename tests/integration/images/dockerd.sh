#!/usr/bin/env bash
# usage: dockerd.sh start OWNER | stop OWNER
# The machine's container engine for a run of tests, whoever runs them: the one that answers; otherwise, for root on Debian and its kin, dockerd of the
# package docker.io. OWNER is the process that the run is for. `start` prints "running" or "started"; on failure it says why. `stop` removes what that
# owner's tests left, and ends the engine if it was started for it. An engine whose owner was killed is taken over by the next.
set -uo pipefail
state=/run/memtools-test-docker
say() { echo "$*" >&2; exit 1; }
answers() { docker version >/dev/null 2>&1; }
owner() { cat "$state.owner" 2>/dev/null; }

start() {
    if answers; then
        # Ours, and nobody is left to end it: then it is the next owner's.
        if [ -e "$state.owner" ] && ! kill -0 "$(owner)" 2>/dev/null; then echo "$1" >"$state.owner"; echo started; else echo running; fi
        return
    fi
    [ -z "${DOCKER_HOST:-}" ] || say "no container engine answers at DOCKER_HOST ($DOCKER_HOST)"
    [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] || say "no container engine answers, and only root on Linux can start one here"
    if [ ! -x /usr/sbin/dockerd ]; then
        [ -x /usr/bin/apt-get ] || say "no container engine answers, and there is no apt-get to install docker.io with"
        apt-get -o DPkg::Lock::Timeout=300 update -q >/dev/null 2>&1
        said=$(DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends docker.io mmdebstrap 2>&1) ||
            say "docker.io could not be installed: $(tail -1 <<<"$said")"
        answers && { echo running; return; } # the package's own service
    fi
    # A bridge's packets must fit where the machine is itself in a tunnel.
    setsid env --default-signal=INT,QUIT /usr/sbin/dockerd --pidfile "$state.pid" --mtu 1400 >"$state.log" 2>&1 </dev/null {lock}>&- &
    for _ in $(seq 300); do
        answers && { echo "$1" >"$state.owner"; echo started; return; }
        kill -0 $! 2>/dev/null || break
        sleep 0.1
    done
    kill $! 2>/dev/null
    say "dockerd was started but does not answer: $(tail -3 "$state.log")"
}

remove() { docker ps -aq --filter "label=$1" 2>/dev/null | xargs -r docker rm -fv >/dev/null 2>&1; }

stop() {
    remove "memtools-test=$1"
    [ "$(owner)" = "$1" ] || return 0
    remove memtools-test; remove memtools.run
    # What images of changed recipes have left without a name.
    docker image prune -f --filter label=memtools-test.recipe >/dev/null 2>&1
    pid=$(cat "$state.pid" 2>/dev/null) || return 0
    kill "$pid" 2>/dev/null
    for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    rm -f "$state".{owner,pid,log}
}

case "${1:-} ${2:-}" in
    "start "[0-9]*) exec {lock}>"$state.lock" 2>/dev/null && flock "$lock"; start "$2" ;;
    "stop "[0-9]*) stop "$2" ;;
    *) sed -n '2,5s/^# //p' "$0"; exit 2 ;;
esac
