import { lifecycles, type AnyLifecycle } from './lifecycles.js';

/** docs/lifecycle.md, drawn from the tables: pictures, states with their patience, and every arrow with who takes it. */
export function describeLifecycles(): string {
  const head = [
    '# Lifecycles',
    '',
    'Generated from the tables in `src/domain` by `npm run generate`; do not edit.',
    '',
    'A state moves only along these arrows, each written with its history, effects and audit entry in one commit.',
  ];
  return [...head, ...lifecycles.flatMap(section), ''].join('\n');
}

function section(lifecycle: AnyLifecycle): readonly string[] {
  const title = lifecycle.name.charAt(0).toUpperCase() + lifecycle.name.slice(1);
  const states = Object.entries(lifecycle.states).map(
    ([state, kind]) => `| \`${state}\` | ${kind.kind} | ${kind.patience ?? ''} |`,
  );
  const arrows = lifecycle.arrows.map(
    (arrow) =>
      `| ${arrow.event} | ${arrow.from === null ? '—' : `\`${arrow.from}\``} | \`${arrow.to}\` | ${arrow.by.join(', ')} |`,
  );
  return [
    '',
    `## ${title}`,
    '',
    '```mermaid',
    lifecycle.mermaid,
    '```',
    '',
    '| State | Kind | Patience |',
    '|---|---|---|',
    ...states,
    '',
    '| Event | From | To | By |',
    '|---|---|---|---|',
    ...arrows,
  ];
}
