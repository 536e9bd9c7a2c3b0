# The program with its pages, and nothing else: PostgreSQL and Redis are containers of their own (docker-compose.yml).

# 1. The pages.
FROM node:20.20.2-bookworm-slim AS pages
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
# --ignore-scripts: what they would do needs the sources, and the build does it anyway.
RUN npm ci --ignore-scripts --no-progress
COPY frontend/ ./
RUN npm run build

# 2. The program, which carries the pages.
FROM golang:1.26.8-bookworm AS program
WORKDIR /src
ENV CGO_ENABLED=0 GOFLAGS=-trimpath
COPY go.mod go.sum ./
RUN go mod download
COPY cmd/ cmd/
COPY server/ server/
COPY migrations/ migrations/
COPY frontend/embed.go frontend/
COPY --from=pages /src/frontend/build/ frontend/build/
ARG VERSION=dev
RUN go build -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /hoithi ./cmd/hoithi

# 3. What runs: certificates to reach mail servers, time zones, busybox' wget for the health check.
FROM alpine:3.22.1
RUN apk add --no-cache ca-certificates tzdata && adduser -D -H -u 10001 hoithi
COPY --from=program /hoithi /usr/local/bin/hoithi
USER 10001:10001
EXPOSE 8080
ENV HOITHI_LISTEN=:8080 HOITHI_LOG_FORMAT=json
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
  CMD wget -q -O /dev/null http://127.0.0.1:8080/readyz || exit 1
ENTRYPOINT ["/usr/local/bin/hoithi"]
CMD ["serve"]
