import { reasonCodes, reasonText } from '../reason-codes.js';
import { offerIds, offerKeys, offerNames, quotaIdTable } from '../subscription/offers.js';
import { decisionsOfOurs, howOffersAreRead, preamble } from './policy-prose.js';
import type { OfferRule, PolicyPack } from './policy-pack.js';
import { conflictRules, policyRules } from './rules.js';

/** The policy as a document (docs/policy.md), drawn from the packs, the rules and the reasons. Pure: text in, text out. */
export function describePolicy(packs: readonly PolicyPack[]): string {
  return [
    '# The policy',
    '<!-- Generated from src/domain/policy: change the data there, not this file. -->',
    preamble,
    '## Versions',
    table(
      ['Pack', 'Date of the text', 'Title', 'Cut-off', 'Paid invoices', 'Granted by rule'],
      packs.map(versionRow),
    ),
    '## Offer by version',
    '`O` open; `GF` open if created before the cut-off, else blocked; `B` blocked whenever created; `req` the customer may ask; `partner` only the partner may ask; `auto` self-service, else as `req` (for CSP the partner asks); `never` requests are not granted; `unknown` the text is silent: a human decides.',
    table(['Offer', ...packs.map(({ id }) => id)], offerRows(packs)),
    '## What each version says',
    ...packs.map(describePack),
    '## Thresholds',
    'No text gives these numbers. Each pack carries its own, so that a change is a new version.',
    table(
      ['Pack', 'Young under', 'Burst', 'Cooling down', 'Second approval above', 'Review', 'Answer within'],
      packs.map(thresholdRow),
    ),
    ...readingAndRules(),
    '## Decisions the texts leave open',
    decisionsOfOurs,
  ]
    .join('\n\n')
    .concat('\n');
}

function readingAndRules(): readonly string[] {
  return [
    '## Knowing the offer',
    howOffersAreRead,
    table(['Quota id', 'Offers behind it that the texts name', 'Their offer ids'], quotaRows()),
    '## Rules',
    'Every rule is run, so that all reasons are told at once. A rule is a sentence that is true when it passes.',
    table(
      ['Rule', 'Answer when it does not hold'],
      [
        ...ruleRows(policyRules, '422, policy refuses'),
        ...ruleRows(conflictRules, '409; with policy refusals 422 and all of them'),
      ],
    ),
    '## Reasons',
    table(
      [
        'Code',
        'Shown outside as',
        'Text for a customer',
        'Next step',
        'Afterwards',
        'Usable for',
        'Rests on',
        'Checks',
      ],
      reasonRows(),
    ),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function versionRow(pack: PolicyPack): readonly string[] {
  return [
    pack.id,
    pack.dateOfText,
    pack.title,
    pack.cutOff ?? 'none',
    pack.paymentGateUsd === null ? 'no gate' : `at least USD ${pack.paymentGateUsd}`,
    pack.selfService === null ? 'nothing' : 'self-service offers in good standing with payment history',
  ];
}

function offerRows(packs: readonly PolicyPack[]): readonly (readonly string[])[] {
  return offerKeys.map((offer) => [offerNames[offer], ...packs.map((pack) => abbreviate(pack.table[offer]))]);
}

/** The cell of one offer in one version, in the abbreviations of the document. */
export function abbreviate(rule: OfferRule): string {
  if (rule === 'unknown') return 'unknown';
  if (rule.blocked === 'open') return 'O';
  const asking = {
    nobody: 'never',
    customer: 'req',
    partner: 'partner',
    'self-service': 'auto',
    never: 'never',
  };
  return `${rule.blocked === 'grandfathered' ? 'GF' : 'B'}, ${asking[rule.ask]}`;
}

function describePack(pack: PolicyPack): string {
  const remarks = pack.remarks.map((remark) => `- ${remark}`);
  return [`### ${pack.id}: ${pack.title}`, '', ...remarks, '', `Source: ${pack.source}.`].join('\n');
}

function thresholdRow({ id, thresholds }: PolicyPack): readonly string[] {
  const { burst, coolingDown, reviewAfterDays } = thresholds;
  return [
    id,
    `${thresholds.youngSubscriptionDays} days`,
    `${burst.requests} requests of a tenant in ${burst.withinHours} h`,
    `${coolingDown.afterRevocationDays} days after a revocation, ${coolingDown.afterDenialDays} after a denial that rests on judgement`,
    `${thresholds.dailyVolumeSecondApproval} mails a day`,
    reviewAfterDays === null ? 'none' : `after ${reviewAfterDays} days`,
    `${thresholds.awaitingInformationDays} days`,
  ];
}

function quotaRows(): readonly (readonly string[])[] {
  return quotaIdTable.map(([quotaId, { behind }]) => [
    `\`${quotaId}\``,
    behind.map((offer) => offerNames[offer]).join(', '),
    behind.flatMap((offer) => offerIds[offer] ?? []).join(', ') || 'none',
  ]);
}

function ruleRows(rules: Readonly<Record<string, unknown>>, answer: string): readonly (readonly string[])[] {
  return Object.keys(rules).map((rule) => [`\`${rule}\``, answer]);
}

const afterwards = {
  'file-when-mended': 'file as soon as it is mended',
  wait: 'file from the date of the decision on',
  nothing: 'nothing to file',
} as const;

function reasonRows(): readonly (readonly string[])[] {
  return reasonCodes.map((code) => {
    const text = reasonText(code);
    return [
      `\`${code}\``,
      `\`${text.publicCode}\``,
      text.customerText,
      text.nextStep,
      afterwards[text.afterwards],
      text.usableFor.join(', ') || 'nothing that a person decides',
      text.ground,
      text.checks.join(', ') || 'none',
    ];
  });
}
