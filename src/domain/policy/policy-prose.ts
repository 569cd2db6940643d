/** What stands in docs/policy.md beside the tables: sentences that no data carries. */

export const preamble = `Outbound port 25 is blocked for new subscriptions from 2017-11-15. Who may be exempted has changed often, so every
published version is kept as data, and each request is pinned to the version in force when it was filed. \`P3\` is the
default (\`POLICY_PACK\`).

An exemption is granted at the platform's discretion and only after fraud checks. It applies to the subscription that
asked, and to traffic that virtual machines route directly to the internet. Machines have to be **stopped (deallocated)
and started** after the grant, under every version: that is what works. Relays on port 587 or 443 are never restricted,
for any offer. A grant made under one version outlives the next one unless an operator decides otherwise.

The Turkish machine translation of P3 says that requests of never-eligible offers *will be* granted. It is a
mistranslation: the English original and all other translations say they will *not*.`;

export const howOffersAreRead = `The quota id alone does not name the offer. An offer id (with or without \`MS-AZR-\`, in any letter case) settles it
if its class stands behind the quota id, else the offer is unknown. Without an offer id the agreement settles it:
\`EnterpriseAgreement_2014-09-01\` with \`EnterpriseAgreement\` is Enterprise Agreement, with
\`MicrosoftCustomerAgreement\` and \`Enterprise\` MCA-E; \`PayAsYouGo_2014-09-01\` with
\`MicrosoftOnlineServicesProgram\` is Pay-As-You-Go; \`MSDNDevTest_2014-09-01\` with \`EnterpriseAgreement\` is
Enterprise Dev/Test. Pay-As-You-Go Dev/Test (0023P), MCA Dev/Test (0148G) and a customer agreement that is not an
enterprise's are unknown under every version, and so is any other quota id.

What stays ambiguous has the common answer of its candidates if they agree, and none otherwise. Where one of the
candidates could be an agreement that no text names, there is no common answer: without any agreement type,
\`EnterpriseAgreement_2014-09-01\`, \`PayAsYouGo_2014-09-01\` and \`MSDNDevTest_2014-09-01\` are always for a human. A
request for an unknown or ambiguous offer is accepted, checked, and put before a reviewer with \`offer-ambiguous\`: the
offer is never a machine's reason to grant or to refuse. What does not depend on the offer (a disabled subscription,
cooling down) refuses there too.`;

export const decisionsOfOurs = `- 15 November 2017 itself is restricted, from 2017-11-15T00:00:00Z inclusive.
- "New deployments" in an old subscription: the subscription's creation date decides.
- The cut-off protects every offer, those that are never granted included: the texts say "created after" for them too.
- Eligibility is judged on the facts registered here, never on what the cloud says at the moment; a difference is a
  finding.
- It is judged at submit, on information, recheck and approval with the request's version, and on a change of facts of
  a live exemption with the version of its grant.
- A changed offer suspends the exemption where policy now says never or another party would have to ask; an unknown one
  is a task for a human. Changing back reinstates nothing. State and billing never suspend by themselves. What is seen
  while an exemption is suspended is kept with the suspension.
- Reinstating is judged by the facts of now under the version of the grant, and refuses as a request would. What policy
  suspended two people reinstate.
- A transfer to another tenant ends an undecided request and suspends an exemption for good: nobody outside reads or
  orders anything of it any more, it can only be revoked, and the new owner may file at once. Its grant waits until the
  former right has ended. So does a change of the reseller, whose customer keeps its sight.
- A revocation for a change of hands leaves no cooling-down. A confirmed violation does, however
  the right ended. Both hold for the tenant that they were given to.
- For a CSP subscription the partner asks whose tenant is the subscription's partner of record, with an active
  relationship; for every other offer the customer asks, self-service or not. A CSP request is refused while a relay
  can be used; for the others that is a finding.
- \`Disabled\` and \`Deleted\` refuse; \`Warned\`, past due, age, missing payments, DNS and blocklists are findings.
  From P4 on, paid invoices below the gate refuse.
- A live exemption is told as \`already-exempt\` even where the version asked about says never: grants outlive versions.
- Cooling down ends at its date; a date set with the decision stands in place of the days.
- Fraud suspicions leave the house as \`trust-review-declined\`. A reputation of addresses can be looked up by anybody
  and keeps its own code.
- Nobody may deny with the code of a check that could not look, and no rule grants over one.
- The same tenant or contact as a revoked one is a finding for a human, never an automatic denial.`;
