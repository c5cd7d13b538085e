# syntax=docker/dockerfile:1

FROM node:20-bookworm-slim AS assets
WORKDIR /src
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc Makefile ./
RUN make assets

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=assets /src/pkg/web/static/vendor pkg/web/static/vendor
# as make build, which would ask for npm here
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /out/pilotboard ./cmd/pilotboard

# The program is one static file and would run on an empty image. Debian's slim image adds bash, which
# is all that the health check needs, and a place to look around when something is wrong.
FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin pilotboard \
 && install -d -o pilotboard -g pilotboard /data
# for mail, webhook and login servers that speak TLS
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/pilotboard /usr/local/bin/pilotboard
COPY LICENSE /usr/share/doc/pilotboard/LICENSE
ENV PILOTBOARD_ADDR=0.0.0.0:8080 PILOTBOARD_DATA_DIR=/data PILOTBOARD_DATABASE_URL=sqlite:/data/pilotboard.db
VOLUME /data
EXPOSE 8080
USER pilotboard
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["pilotboard"]
CMD ["serve"]
