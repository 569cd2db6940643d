// docker-compose.yml and Dockerfile, checked without a container engine: what parsing and comparing can show.
// It does not show that the images build or that the containers run.
import yaml from 'js-yaml';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { otherNodes } from './node-majors.mjs';
import { root as project } from './prepare.mjs';

/** Another directory than the project's is for the tests of this check. */
const root = path.resolve(process.argv[2] ?? project);
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const problems = [];
const expect = (holds, problem) => {
  if (!holds) problems.push(problem);
};

/** YAML as Compose reads it, merge keys included. */
const parseYaml = (text) => yaml.load(text);

function checkCompose(compose, dockerfile) {
  const services = compose.services ?? {};
  for (const name of ['postgres', 'redis', 'migrate', 'api', 'worker', 'emulator']) {
    expect(services[name], `docker-compose.yml: no service ${name}`);
  }
  const redis = JSON.stringify(services.redis?.command ?? '');
  expect(redis.includes('--maxmemory-policy noeviction'), 'redis may evict');
  expect(redis.includes('--appendonly yes'), 'redis is not append-only');
  expect(!services.worker?.container_name && !services.worker?.ports, 'worker cannot be scaled');
  expect(services.emulator?.profiles?.includes('emulator'), 'the emulator is not in a profile of its own');
  for (const [name, service] of Object.entries(services)) {
    checkConfinement(name, service);
    const { target } = service.build ?? {};
    expect(
      !target || dockerfile.includes(` AS ${target}\n`),
      `${name}: the Dockerfile has no stage ${target}`,
    );
    for (const other of Object.keys(service.depends_on ?? {})) {
      expect(services[other], `${name} waits for ${other}, which is no service`);
    }
    for (const file of JSON.stringify(service.command ?? '').match(/dist\/[\w/]+\.js/g) ?? [])
      checkScript(file);
  }
  const literal = /(password|secret|token)\w*:\s*['"]?(?!\$\{)[\w-]{6,}/i.exec(read('docker-compose.yml'));
  expect(!literal, `docker-compose.yml holds a secret: ${literal?.[0]}`);
}

/** Least privilege: what a container that is taken over cannot do. */
function checkConfinement(name, service) {
  expect(service.read_only === true, `${name}: the file system is not read_only`);
  expect((service.cap_drop ?? []).includes('ALL') && !service.cap_add, `${name}: capabilities are kept`);
  expect(
    (service.security_opt ?? []).includes('no-new-privileges:true'),
    `${name}: it may gain privileges (security_opt: no-new-privileges:true is missing)`,
  );
  expect(Boolean(service.mem_limit), `${name}: no mem_limit`);
  expect(service.privileged !== true, `${name}: it is privileged`);
  if (service.build) return;
  expect(isPinned(service.image ?? ''), `${name}: the image ${service.image} has no exact version`);
  expect(Boolean(service.user), `${name}: it starts as root (user is missing)`);
}

/** A tag with at least major and minor, or a digest: `redis:7` is another program next month. */
const isPinned = (image) => /:\d+\.\d[\w.-]*$|@sha256:[0-9a-f]{64}$/.test(image);

/** A script that a container starts is compiled from a source that is there. */
function checkScript(file) {
  const source = file.replace(/^dist\//, '').replace(/\.js$/, '.ts');
  expect(existsSync(path.join(root, source)), `${file} has no source ${source}`);
}

function checkDockerfile(dockerfile) {
  for (const [, files] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)) {
    for (const file of files.split(' '))
      expect(existsSync(path.join(root, file)), `Dockerfile copies ${file}, which is not there`);
  }
  for (const [file] of dockerfile.matchAll(/dist\/[\w/]+\.js/g)) checkScript(file);
  const node = /^ARG NODE_IMAGE=(\S+)$/m.exec(dockerfile)?.[1] ?? '';
  const [newest] = otherNodes;
  expect(isPinned(node), `Dockerfile: the image ${node} has no exact version`);
  expect(
    node.startsWith(`node:${newest}-`),
    `Dockerfile: ${node} is not Node ${newest}, which tools/node-majors.mjs names and CI runs`,
  );
  for (const [, from] of dockerfile.matchAll(/^FROM (\S+)/gm)) {
    const isStage = new RegExp(`^FROM \\S+ AS ${from}$`, 'm').test(dockerfile);
    expect(isStage || from === '${NODE_IMAGE}', `Dockerfile: FROM ${from} is neither a stage nor NODE_IMAGE`);
  }
  for (const [install] of dockerfile.matchAll(/npm (?:ci|install|prune)\b.*/g))
    expect(install.includes('--ignore-scripts'), `Dockerfile: "${install}" runs scripts of packages`);
  const runtime = dockerfile.slice(dockerfile.indexOf(' AS runtime'));
  expect(/^USER node$/m.test(runtime), 'the image runs as root');
  expect(/^HEALTHCHECK /m.test(runtime), 'the image has no health check');
  expect(/npm ci --omit=dev/.test(dockerfile), 'the image carries development packages');
}

const dockerfile = read('Dockerfile');
checkCompose(parseYaml(read('docker-compose.yml')), dockerfile);
checkDockerfile(dockerfile);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
