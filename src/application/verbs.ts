import type { Type } from '@nestjs/common';
import { TakeClaimOver } from './take-claim-over.js';
import { AddNote } from './add-note.js';
import { AdoptGateFence } from './adopt-gate-fence.js';
import { ApproveRequest } from './approve-request.js';
import { AskControlProof } from './ask-control-proof.js';
import { AttendTheUnattended } from './attend-the-unattended.js';
import { CallEngineer } from './call-engineer.js';
import { CheckControlProof } from './check-control-proof.js';
import { ClaimRequest } from './claim-request.js';
import { ConcludeLook } from './conclude-look.js';
import { ConductRestarts } from './conduct-restarts.js';
import { ConfirmViolation } from './confirm-violation.js';
import { DenyRequest } from './deny-request.js';
import { DismissViolation } from './dismiss-violation.js';
import { EndOverdue } from './end-overdue.js';
import { WatchEndedGates } from './watch-ended-gates.js';
import { EraseContact } from './erase-contact.js';
import { ErasePerson } from './erase-person.js';
import { ExplainEligibility } from './explain-eligibility.js';
import { GiveInformation } from './give-information.js';
import { KeepPreview } from './keep-preview.js';
import { FindMissing } from './find-missing.js';
import { LookAtMachines } from './look-at-machines.js';
import { MoveGate } from './move-gate.js';
import { PreviewRestarts } from './preview-restarts.js';
import { DescribePacks } from './queries/describe-packs.js';
import { DescribeSettings } from './queries/describe-settings.js';
import { FindEffect } from './queries/find-effect.js';
import { FindAuditProof } from './queries/find-audit-proof.js';
import { FindExemption } from './queries/find-exemption.js';
import { FindGate } from './queries/find-gate.js';
import { FindMachine } from './queries/find-machine.js';
import { FindPerson } from './queries/find-person.js';
import { FindRequest } from './queries/find-request.js';
import { FindSubscription } from './queries/find-subscription.js';
import { FindTenant } from './queries/find-tenant.js';
import { FindViolation } from './queries/find-violation.js';
import { ListControlProofs } from './queries/list-control-proofs.js';
import { ListAuditCheckpoints } from './queries/list-audit-checkpoints.js';
import { ListAuditEntries } from './queries/list-audit-entries.js';
import { ListEffects } from './queries/list-effects.js';
import { ListExemptionMachines } from './queries/list-exemption-machines.js';
import { ListExemptions } from './queries/list-exemptions.js';
import { ListRequests } from './queries/list-requests.js';
import { ListSubscriptions } from './queries/list-subscriptions.js';
import { ListViolations } from './queries/list-violations.js';
import { ReadPortfolio } from './queries/read-portfolio.js';
import { RequestHistoryQuery } from './queries/request-history.js';
import { ReviewExemption } from './queries/review-exemption.js';
import { ReviewQueue } from './queries/review-queue.js';
import { ReviewRequest } from './queries/review-request.js';
import { RecheckRequest } from './recheck-request.js';
import { RecordConsent } from './record-consent.js';
import { RecordAccess } from './record-access.js';
import { RecordCloudHints } from './record-cloud-hints.js';
import { RecordEffectFailure } from './record-effect-failure.js';
import { RecordStatement } from './record-statement.js';
import { RecordViolation } from './record-violation.js';
import { RegisterRelationship } from './register-relationship.js';
import { RegisterSubscription } from './register-subscription.js';
import { RegisterTenant } from './register-tenant.js';
import { ReinstateExemption } from './reinstate-exemption.js';
import { ReleaseRequest } from './release-request.js';
import { RequestInformation } from './request-information.js';
import { RequeueEffect } from './requeue-effect.js';
import { RestartVm } from './restart-vm.js';
import { RetryRestart } from './retry-restart.js';
import { ReviewAddresses } from './review-addresses.js';
import { RevokeExemption } from './revoke-exemption.js';
import { RunFraudCheck } from './run-fraud-check.js';
import { SendNotification } from './send-notification.js';
import { SequenceAudit } from './sequence-audit.js';
import { SetRestartPlan } from './set-restart-plan.js';
import { SkipRestart } from './skip-restart.js';
import { SubmitBatch } from './submit-batch.js';
import { SubmitRequest } from './submit-request.js';
import { SuspendExemption } from './suspend-exemption.js';
import { UndoLateStop } from './undo-late-stop.js';
import { WithdrawRequest } from './withdraw-request.js';

/** THE list of verbs and queries: one file each, and one line here. */
export const verbs: readonly Type[] = [
  AddNote,
  AdoptGateFence,
  ApproveRequest,
  AskControlProof,
  AttendTheUnattended,
  CallEngineer,
  CheckControlProof,
  ClaimRequest,
  TakeClaimOver,
  ConcludeLook,
  ConductRestarts,
  ConfirmViolation,
  DenyRequest,
  DismissViolation,
  EndOverdue,
  EraseContact,
  ErasePerson,
  ExplainEligibility,
  GiveInformation,
  KeepPreview,
  FindMissing,
  LookAtMachines,
  MoveGate,
  PreviewRestarts,
  DescribePacks,
  DescribeSettings,
  FindEffect,
  FindAuditProof,
  FindExemption,
  FindGate,
  FindMachine,
  FindPerson,
  FindRequest,
  FindSubscription,
  FindTenant,
  FindViolation,
  ListControlProofs,
  ListAuditCheckpoints,
  ListAuditEntries,
  ListEffects,
  ListExemptionMachines,
  ListExemptions,
  ListRequests,
  ListSubscriptions,
  ListViolations,
  ReadPortfolio,
  RequestHistoryQuery,
  ReviewExemption,
  ReviewQueue,
  ReviewRequest,
  RecheckRequest,
  RecordConsent,
  RecordAccess,
  RecordCloudHints,
  RecordEffectFailure,
  RecordStatement,
  RecordViolation,
  RegisterRelationship,
  RegisterSubscription,
  RegisterTenant,
  ReinstateExemption,
  ReleaseRequest,
  RequestInformation,
  RequeueEffect,
  RestartVm,
  RetryRestart,
  ReviewAddresses,
  RevokeExemption,
  RunFraudCheck,
  SendNotification,
  SequenceAudit,
  SetRestartPlan,
  SkipRestart,
  SubmitBatch,
  SubmitRequest,
  SuspendExemption,
  UndoLateStop,
  WatchEndedGates,
  WithdrawRequest,
];
