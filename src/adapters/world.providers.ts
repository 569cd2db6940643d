import type { Provider } from '@nestjs/common';
import { CONFIGURATION } from '../config/configuration.token.js';
import type { Configuration } from '../config/configuration.js';
import { defaultBlocklistZones } from '../domain/fraud/blocklist-zones.js';
import { ActivityLog } from '../domain/ports/activity-log.js';
import { Attestor } from '../domain/ports/attestor.js';
import { CallBudget } from '../domain/ports/call-budget.js';
import { CheckWorld } from '../domain/ports/check-world.js';
import { Clock } from '../domain/ports/clock.js';
import { ComputeControlPlane } from '../domain/ports/compute-control-plane.js';
import { DisposableDomains } from '../domain/ports/disposable-domains.js';
import { DnsLookup } from '../domain/ports/dns.js';
import { Engineers } from '../domain/ports/engineers.js';
import { GateControl } from '../domain/ports/gate-control.js';
import { Ids } from '../domain/ports/ids.js';
import { MachineSearch } from '../domain/ports/machine-search.js';
import { Nonces } from '../domain/ports/nonces.js';
import { Notifier } from '../domain/ports/notifier.js';
import { RegistrableDomains } from '../domain/ports/registrable-domains.js';
import { RequestHistory } from '../domain/ports/request-history.js';
import { Settings } from '../domain/ports/settings.js';
import { RestartScenes } from '../domain/ports/restart-scenes.js';
import { SubscriptionReader } from '../domain/ports/subscription-reader.js';
import { type Cloud, computeProviders } from './compute-providers.js';
import { Ed25519Attestor } from './audit/ed25519-attestor.js';
import { RecentScenes } from './azure/recent-scenes.js';
import { CloudSubscriptionReader } from './azure/subscription-reader.adapter.js';
import { ListedDisposableDomains, PublicSuffixDomains } from './dns/domain-lists.js';
import { NodeDns } from './dns/node-dns.adapter.js';
import { signedWith, unsigned } from './gate/gate-headers.js';
import { HttpGate } from './gate/http-gate.adapter.js';
import { LoggedEngineers, MailedEngineers, callLog } from './notify/reachable-engineers.js';
import { SmtpNotifier } from './notify/smtp-notifier.js';
import { RandomNonces } from './system/random-nonces.js';
import { SystemClock } from './system/system-clock.js';
import { UuidIds } from './system/uuid-ids.js';

/** All ports to a cloud share one client, so that they share its budget. */
const CLOUD = Symbol('the cloud');
const configured = { inject: [CONFIGURATION] };

function gateOf({ gate, arm }: Configuration): GateControl {
  if (gate.adapter === 'emulator') return new HttpGate(gate.url ?? `${arm.endpoint}/_control`, unsigned);
  // The configuration was refused without both; a gate is never spoken to unsigned because one is missing.
  if (gate.url === null || gate.secret === null) throw new Error('GATE_URL and GATE_SECRET are needed');
  return new HttpGate(gate.url, signedWith(gate.secret));
}

/** The ports to everything but the store, each bound to its adapter. */
export const worldProviders: readonly Provider[] = [
  { provide: Clock, useClass: SystemClock },
  { provide: Ids, useClass: UuidIds },
  { provide: Nonces, useClass: RandomNonces },
  { provide: Settings, ...configured, useFactory: ({ settings }: Configuration): Settings => settings },
  {
    provide: Attestor,
    ...configured,
    useFactory: ({ audit, dataDir, isProduction }: Configuration) =>
      new Ed25519Attestor({ ...audit, dataDir: isProduction ? null : dataDir }),
  },
  {
    provide: CLOUD,
    inject: [CONFIGURATION, CallBudget],
    useFactory: ({ arm }: Configuration, budget: CallBudget) => computeProviders.azure(arm, budget),
  },
  { provide: ActivityLog, inject: [CLOUD], useFactory: ({ log }: Cloud) => log },
  { provide: ComputeControlPlane, inject: [CLOUD], useFactory: ({ compute }: Cloud) => compute },
  { provide: MachineSearch, inject: [CLOUD], useFactory: ({ search }: Cloud) => search },
  { provide: RestartScenes, inject: [CLOUD], useFactory: ({ scenes }: Cloud) => new RecentScenes(scenes) },
  { provide: GateControl, ...configured, useFactory: gateOf },
  { provide: DnsLookup, ...configured, useFactory: ({ dns }: Configuration) => new NodeDns(dns.resolver) },
  { provide: DisposableDomains, useClass: ListedDisposableDomains },
  { provide: RegistrableDomains, useClass: PublicSuffixDomains },
  { provide: Notifier, ...configured, useFactory: ({ mail }: Configuration) => new SmtpNotifier(mail) },
  {
    provide: Engineers,
    inject: [CONFIGURATION, Notifier],
    useFactory: ({ supportMail, logLevel }: Configuration, notifier: Notifier): Engineers =>
      supportMail === null
        ? new LoggedEngineers(callLog(logLevel))
        : new MailedEngineers(notifier, supportMail, callLog(logLevel)),
  },
  {
    provide: SubscriptionReader,
    inject: [ComputeControlPlane],
    useFactory: (cloud: ComputeControlPlane) => new CloudSubscriptionReader(cloud),
  },
  {
    provide: CheckWorld,
    inject: [
      CONFIGURATION,
      DnsLookup,
      RequestHistory,
      DisposableDomains,
      RegistrableDomains,
      SubscriptionReader,
    ],
    useFactory: (
      configuration: Configuration,
      dns: DnsLookup,
      history: RequestHistory,
      disposable: DisposableDomains,
      publicSuffix: RegistrableDomains,
      cloud: SubscriptionReader,
    ): CheckWorld => {
      const blocklistZones = configuration.dns.blocklistZones ?? defaultBlocklistZones;
      const sources = { dns, history, disposable, publicSuffix, cloud, blocklistZones };
      return { sources: () => sources };
    },
  },
];

/** What the world's providers give to the rings. */
export const worldPorts = [
  Clock,
  Ids,
  Nonces,
  Settings,
  Attestor,
  ActivityLog,
  ComputeControlPlane,
  MachineSearch,
  RestartScenes,
  GateControl,
  Notifier,
  Engineers,
  CheckWorld,
  RegistrableDomains,
] as const;
