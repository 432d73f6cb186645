# syntax=docker/dockerfile:1

FROM rust:1.95.0-trixie AS build
# wasm-opt comes as a node package.
RUN apt-get update \
    && apt-get install -y --no-install-recommends nodejs npm \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# The caches survive between builds and are not part of the image, so the binary is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/.tools \
    --mount=type=cache,target=/src/target \
    cargo xtask build \
    && cp target/release/esteira /usr/local/bin/esteira \
    && cargo xtask sbom /usr/local/share/esteira.cdx.json

FROM debian:trixie-slim
# curl is for the health check.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --create-home esteira \
    && chmod 0700 /data
COPY --from=build /usr/local/bin/esteira /usr/local/bin/esteira
COPY LICENSE /usr/share/doc/esteira/LICENSE
COPY --from=build /usr/local/share/esteira.cdx.json /usr/share/doc/esteira/esteira.cdx.json
USER esteira
WORKDIR /data
VOLUME /data
ENV ESTEIRA_LISTEN=0.0.0.0:8080 \
    ESTEIRA_DATA_DIR=/data \
    ESTEIRA_LOG_FORMAT=json
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:8080/api/health"]
ENTRYPOINT ["esteira"]
CMD ["serve"]
