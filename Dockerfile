# The service in a container: built in one stage, run in another without a compiler and without root.
FROM debian:bookworm-slim AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends \
        gcc libc6-dev cmake ninja-build pkg-config libevent-dev libjansson-dev libssl-dev libpq-dev \
        libminizip-dev zlib1g-dev libcurl4-openssl-dev python3 python3-yaml npm \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN bash -euc ". cmake/environment.sh; fetch_docs_page"
RUN cmake --preset release && cmake --build --preset release

FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends \
        libevent-2.1-7 libevent-pthreads-2.1-7 libevent-openssl-2.1-7 libjansson4 libssl3 libpq5 libminizip1 libcurl4 curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /state --shell /usr/sbin/nologin zcd \
    && install -d -o zcd -g zcd -m 0700 /state
COPY --from=build /source/build/bin/zcd /source/build/bin/zcd-verify /usr/local/bin/
COPY cmake/container-start cmake/container-secret /usr/local/bin/
USER zcd
WORKDIR /state
# Key, first tokens and checkpoint of the log: keep this volume apart from the database's backups.
VOLUME /state
EXPOSE 8080
ENTRYPOINT ["container-start"]
