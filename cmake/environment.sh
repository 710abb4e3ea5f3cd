# environment.sh - what ./run and ./check share: packages, builds, one at a time, a free port. Sourced by bash, from the
# root of the checkout, after `set -euo pipefail`.

# What the service is built and run with. initdb stands for a PostgreSQL server of any version.
BUILD_PACKAGES=(gcc libc6-dev cmake ninja-build pkg-config libevent-dev libjansson-dev libssl-dev libpq-dev
    libminizip-dev zlib1g-dev libcurl4-openssl-dev python3 python3-yaml)
RUN_PACKAGES=(curl ca-certificates)

# What the tests add.
CHECK_PACKAGES=(clang libcmocka-dev python3 python3-jsonschema python3-numpy python3-yaml testssl.sh wrk)

say() {
    printf '%s\n' "$*" >&2
}

fail() {
    say "$(basename "$0"): $*"
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "this needs root once, and there is no sudo: $*"
    fi
}

# The packages among the arguments that are not installed, one a line.
missing_packages() {
    local installed package
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
    for package in "$@"; do
        grep -qx -- "$package installed" <<<"$installed" || echo "$package"
    done
}

has_postgresql_server() {
    command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

# Debian's server package would make and start a cluster of its own, which nobody asked for. This file says no while it
# is being installed, and is taken away again. Clusters that exist already are left as they are.
NO_CLUSTER=/etc/postgresql-common/createcluster.d/zhengcaidai.conf

forbid_main_cluster() {
    as_root mkdir -p "$(dirname "$NO_CLUSTER")"
    echo 'create_main_cluster = false' | as_root tee "$NO_CLUSTER" >/dev/null
}

allow_main_cluster() {
    as_root rm -f "$NO_CLUSTER"
}

# Install what is missing of the packages named, and a PostgreSQL server unless a database was named. Quick when
# nothing is missing.
install_packages() {
    local missing=()
    command -v apt-get >/dev/null || {
        say "No apt-get here: taking for granted what Debian calls $* postgresql."
        return
    }
    mapfile -t missing < <(missing_packages "$@")
    if [ -z "${ZCD_DATABASE_URL:-}" ] && ! has_postgresql_server; then
        missing+=(postgresql)
    fi
    command -v npm >/dev/null || missing+=(npm)
    [ ${#missing[@]} -gt 0 ] || return 0
    say "Installing: ${missing[*]}"
    forbid_main_cluster
    as_root env DEBIAN_FRONTEND=noninteractive sh -c '
        apt-get update -qq && exec apt-get install -y -qq --no-install-recommends "$@"' sh "${missing[@]}" \
        >var/packages.log 2>&1 </dev/null || {
        allow_main_cluster
        tail -n 20 var/packages.log >&2
        fail "the packages could not be installed (var/packages.log)"
    }
    allow_main_cluster
}

# Configure and build; silent unless it fails.   build NAME FOLDER [CMAKE ARGUMENT ...]
build() {
    local name=$1 folder=$2
    shift 2
    say "Building $name in $folder"
    mkdir -p "$folder"
    { cmake -G Ninja -S . -B "$folder" "$@" && cmake --build "$folder"; } >"$folder/build.log" 2>&1 </dev/null || {
        grep -E 'error|FAILED|warning' "$folder/build.log" | head -n 40 >&2
        fail "the build failed ($folder/build.log)"
    }
}

# The library of the page at /docs, from npm: one version, checked against its digest. Without it the service serves its
# document and no page.
DOCS_PAGE=swagger-ui-dist-5.17.14
DOCS_PAGE_SHA256=c57badf459aa6e65cc036b3862d0502a63f9a22546407ffcb0e64f85f816bb28

fetch_docs_page() {
    local folder=build/npm
    [ ! -e "$folder/swagger-ui-dist/swagger-ui-bundle.js" ] || return 0
    say "Fetching the page of the API's documentation"
    mkdir -p "$folder"
    if (cd "$folder" && npm pack --silent "${DOCS_PAGE%-*}@${DOCS_PAGE##*-}" && sha256sum --quiet -c <<<"$DOCS_PAGE_SHA256  $DOCS_PAGE.tgz" &&
        rm -rf new && mkdir new && tar -xzf "$DOCS_PAGE.tgz" -C new --strip-components=1 && rm -rf swagger-ui-dist && mv new swagger-ui-dist) \
        >"$folder/fetch.log" 2>&1 </dev/null; then
        return 0
    fi
    say "It could not be fetched ($folder/fetch.log): /docs will have the document alone."
}

build_release() {
    fetch_docs_page
    build release build --preset release
}

# One at a time: the lock goes with this process, however it ends. What is started in the background must be started
# with 9>&-, or it would hold the lock on.
lock() {
    exec 9>"var/$1.lock"
    flock -n 9 || fail "another ./$1 is at work in this checkout"
}

port_is_free() {
    ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# The first free port from the one given on.
free_port() {
    local port
    for ((port = $1; port < $1 + 100; port++)); do
        if port_is_free "$port"; then
            echo "$port"
            return
        fi
    done
    fail "no free port from $1 on"
}

# End a process that this script started and wait until it is gone.
stop_process() {
    [ -n "$1" ] || return 0
    kill -TERM "$1" 2>/dev/null || return 0
    wait "$1" 2>/dev/null || true
}
