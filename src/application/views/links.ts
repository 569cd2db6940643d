/** Where resources stand, relative to the service: part of the contract (openapi.json), so that a view is whole. */
export const linkTo = {
  request: (id: string) => `/v1/exemption-requests/${id}`,
  requestsOf: (customerTenantId: string) => `/v1/exemption-requests?customerTenantId=${customerTenantId}`,
  information: (requestId: string) => `/v1/exemption-requests/${requestId}/information`,
  consent: (requestId: string) => `/v1/exemption-requests/${requestId}/consent`,
  history: (requestId: string) => `/v1/exemption-requests/${requestId}/history`,
  events: (requestId: string) => `/v1/exemption-requests/${requestId}/events`,
  exemption: (id: string) => `/v1/exemptions/${id}`,
  machines: (exemptionId: string) => `/v1/exemptions/${exemptionId}/virtual-machines`,
  restartPlan: (exemptionId: string) => `/v1/exemptions/${exemptionId}/restart-plan`,
  subscription: (id: string) => `/v1/subscriptions/${id}`,
  controlProofs: (subscriptionId: string) => `/v1/subscriptions/${subscriptionId}/control-proofs`,
  adminRequest: (id: string) => `/v1/admin/exemption-requests/${id}`,
} as const;
