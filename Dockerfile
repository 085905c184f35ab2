# syntax=docker/dockerfile:1
# docker build -t kore-feedback .
# docker run --rm -v kore-feedback:/state -v "$PWD:/data" kore-feedback import feedback.csv --sandbox

FROM rust:1-slim-bookworm AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends cmake g++ make \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --release --locked && cp target/release/kore-feedback /usr/local/bin/

FROM debian:bookworm-slim
# TLS uses the system's certificates.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home kore \
 && install --directory --owner=kore --group=kore --mode=0700 /state \
 && install --directory --owner=kore --group=kore /data
COPY --from=build /usr/local/bin/kore-feedback /usr/local/bin/
USER 10001:10001
# The ledger remembers what was sent: without this volume, a new container could send a file again.
ENV KORE_FEEDBACK_STATE_DIR=/state
VOLUME /state
# Input files are mounted here. Failure reports are written next to them, if the user 10001 may write.
WORKDIR /data
ENTRYPOINT ["kore-feedback"]
CMD ["--help"]
