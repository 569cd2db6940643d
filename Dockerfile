# syntax=docker/dockerfile:1

# Every image has an exact version; tools/check-deployment.mjs refuses others. This one is the Node that CI runs beside
# its own (tools/node-majors.mjs). To update: choose the newest patch of Node 24 there, put it here too, and run `.ci/run`.
# Where a registry can be reached, bind it to its content as well: `docker buildx imagetools inspect node:<tag>` prints the
# digest of the index; append it as `@sha256:…` here and in docker-compose.yml, and renew it with the tag.
ARG NODE_IMAGE=node:24.21.0-trixie-slim

FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM manifests AS dependencies
RUN npm ci --ignore-scripts

FROM dependencies AS build
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY src ./src
COPY emulator ./emulator
COPY migrations ./migrations
COPY launch ./launch
RUN npm run build

# The cloud for development: needs packages that production does not install.
FROM build AS emulator
ENV EMULATOR_HOST=0.0.0.0 EMULATOR_PORT=3001
USER node
EXPOSE 3001
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.EMULATOR_PORT}/_control/clock`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/emulator/main.js"]

# From the manifests, not from `dependencies`: no script of a package runs for what production carries.
FROM manifests AS production-dependencies
RUN npm ci --omit=dev --ignore-scripts

# One image for the API, the worker (`node dist/src/worker.js`) and migrations (`node dist/launch/migrate.js`).
FROM ${NODE_IMAGE} AS runtime
# Two arenas: with more, glibc keeps some 15 MiB that nobody uses (docs/operations.md). The port of the API's /metrics is
# fixed, so that Prometheus finds it, and not exposed, so that `docker run -P` does not publish it.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 METRICS_PORT=9464 MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=production-dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# node itself, not npm: it gets SIGTERM and drains.
CMD ["node", "dist/src/main.js"]
