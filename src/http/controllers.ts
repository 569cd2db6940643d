import {
  ExemptionDecisionController,
  ExemptionReviewController,
  RestartController,
} from './admin/exemption-admin.controller.js';
import { AuditController } from './admin/audit.controller.js';
import { OperationsController, PolicyController } from './admin/operations.controller.js';
import { PeopleController } from './admin/people.controller.js';
import { RegistryController } from './admin/registry.controller.js';
import { DecisionController, DeskController, ReviewController } from './admin/review.controller.js';
import { ViolationController } from './admin/violation.controller.js';
import { AzureEventsController } from './events/azure-events.controller.js';
import { BatchController } from './requester/batch.controller.js';
import { ConsentController } from './requester/consent.controller.js';
import { ControlProofController } from './requester/control-proof.controller.js';
import { ExemptionController } from './requester/exemption.controller.js';
import { HistoryController } from './requester/history.controller.js';
import { PortfolioController } from './requester/portfolio.controller.js';
import { RequestReadingController, RequestWritingController } from './requester/request.controller.js';
import { SubscriptionController } from './requester/subscription.controller.js';
import { AuditKeysController } from './audit-keys.controller.js';
import { HealthController } from './health.controller.js';

/** THE list of controllers. */
export const controllers = [
  SubscriptionController,
  ControlProofController,
  BatchController,
  ConsentController,
  PortfolioController,
  RequestWritingController,
  RequestReadingController,
  HistoryController,
  ExemptionController,
  ReviewController,
  DecisionController,
  DeskController,
  RegistryController,
  ExemptionReviewController,
  ExemptionDecisionController,
  RestartController,
  ViolationController,
  OperationsController,
  PeopleController,
  AuditController,
  AzureEventsController,
  PolicyController,
  AuditKeysController,
  HealthController,
] as const;
