# syntax=docker/dockerfile:1
# The server, and the command line with it. Build it with `node scripts/image.mjs`.
# Debian's libc and Git; `slim` leaves out compilers and manuals.
ARG NODE=docker.io/library/node:22-bookworm-slim

# What is built is JavaScript and WebAssembly, the same for every platform.
FROM --platform=$BUILDPLATFORM ${NODE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs \
 && npm pack --ignore-scripts --pack-destination /tmp \
 && mkdir /app \
 && tar --extract --gzip --file /tmp/portcullis-*.tgz --directory /app --strip-components 1 \
 && cp package-lock.json /app/ \
 && cd /app \
 && npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \) -delete \
 && rm package-lock.json

FROM ${NODE}
# tini reaps what a Git that was stopped leaves behind. npm is of no use to what runs.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ca-certificates git openssh-client tini \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
 && groupadd --gid 10001 portcullis \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/portcullis --shell /usr/sbin/nologin portcullis \
 && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/portcullis \
 && ln -s /app/dist/src/cli/main.cjs /usr/local/bin/portcullis
COPY --from=build /app /app
# The allocator of Debian's libc keeps an arena for each thread, and gives back little of what judging took.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    HOME=/var/lib/portcullis \
    STATE_DIR=/var/lib/portcullis
USER 10001:10001
WORKDIR /var/lib/portcullis
VOLUME /var/lib/portcullis
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "portcullis"]
CMD ["serve"]
