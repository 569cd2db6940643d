-- Generated from the migrations by `npm run generate`; do not edit. Read, not run.

-- Columns
address_reviews.exemption_id uuid NOT NULL
address_reviews.tenant_id uuid NOT NULL
address_reviews.fence bigint NOT NULL
address_reviews.looked_at timestamp with time zone
address_reviews.addresses jsonb NOT NULL
address_reviews.more integer NOT NULL
address_reviews.domains jsonb
address_reviews.problem jsonb
address_reviews.looks integer NOT NULL
address_reviews.misses integer NOT NULL
audit_checkpoints.size bigint NOT NULL
audit_checkpoints.note text NOT NULL
audit_entries.sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY
audit_entries.id uuid NOT NULL DEFAULT gen_random_uuid()
audit_entries.recorded_at timestamp with time zone NOT NULL DEFAULT now()
audit_entries.history_sequence bigint
audit_entries.action text NOT NULL
audit_entries.subject_type text NOT NULL
audit_entries.subject_id text NOT NULL
audit_entries.at timestamp with time zone NOT NULL
audit_entries.actor jsonb NOT NULL
audit_entries.trace_id text
audit_entries.details jsonb NOT NULL
audit_leaves.leaf_index bigint NOT NULL
audit_leaves.entry_id uuid NOT NULL
audit_leaves.recorded_at timestamp with time zone NOT NULL
audit_leaves.history_sequence bigint
audit_leaves.leaf_hash bytea NOT NULL
audit_nodes.level smallint NOT NULL
audit_nodes.node_index bigint NOT NULL
audit_nodes.hash bytea NOT NULL
audit_retirements.month text NOT NULL
audit_retirements.entry_id uuid NOT NULL
audit_retirements.entries bigint NOT NULL
audit_retirements.leaves_sha256 text NOT NULL
call_buckets.key text NOT NULL
call_buckets.version bigint NOT NULL
call_buckets.bucket jsonb NOT NULL
call_buckets.touched_at timestamp with time zone NOT NULL DEFAULT now()
claims.request_id uuid NOT NULL
claims.by jsonb NOT NULL
claims.claimed_at timestamp with time zone NOT NULL
claims.until timestamp with time zone NOT NULL
conduct_notes.exemption_id uuid NOT NULL
conduct_notes.tenant_id uuid NOT NULL
conduct_notes.fence bigint NOT NULL
conduct_notes.first_listed_at timestamp with time zone
conduct_notes.last_listed_at timestamp with time zone
conduct_notes.last_looked_at timestamp with time zone NOT NULL
conduct_notes.problem jsonb
conduct_notes.still_open integer
conduct_notes.human_needed_since timestamp with time zone
conduct_notes.log_read_at timestamp with time zone
conduct_notes.quiet_looks integer NOT NULL DEFAULT 0
conduct_notes.log_problem jsonb
conduct_notes.human_needed_for jsonb
conduct_notes.told jsonb NOT NULL DEFAULT '{"troubles": [], "reminders": null}'::jsonb
conduct_notes.next_look_at timestamp with time zone
conduct_notes.still_open_seen_at timestamp with time zone
control_proofs.id uuid NOT NULL
control_proofs.subscription_id uuid NOT NULL
control_proofs.tenant_id uuid NOT NULL
control_proofs.proves_for uuid NOT NULL
control_proofs.state text NOT NULL
control_proofs.nonce text NOT NULL
control_proofs.asked_at timestamp with time zone NOT NULL
control_proofs.expires_at timestamp with time zone NOT NULL
control_proofs.checked_at timestamp with time zone
control_proofs.proven_at timestamp with time zone
control_proofs.problem jsonb
effects.id uuid NOT NULL DEFAULT gen_random_uuid()
effects.sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY
effects.type text NOT NULL
effects.payload jsonb NOT NULL
effects.state text NOT NULL DEFAULT 'pending'::text
effects.priority integer NOT NULL
effects.order_key text
effects.singleton_key text
effects.asked_again boolean NOT NULL DEFAULT false
effects.epoch integer NOT NULL DEFAULT 1
effects.attempts integer NOT NULL DEFAULT 0
effects.losses integer NOT NULL DEFAULT 0
effects.due_at timestamp with time zone NOT NULL
effects.created_at timestamp with time zone NOT NULL
effects.dispatched_at timestamp with time zone
effects.lease_token uuid
effects.lease_until timestamp with time zone
effects.ended_at timestamp with time zone
effects.last_error text
effects.for_tenant uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid
erasable_texts.id uuid NOT NULL
erasable_texts.tenant_id uuid NOT NULL
erasable_texts.about text NOT NULL
erasable_texts.about_id uuid NOT NULL
erasable_texts.text text NOT NULL
erasable_texts.author_tenant_id uuid
erasable_texts.author_object_id text
erasable_texts.salt bytea
exemption_requests.id uuid NOT NULL
exemption_requests.state text NOT NULL
exemption_requests.version integer NOT NULL
exemption_requests.subscription_id uuid NOT NULL
exemption_requests.tenant_id uuid NOT NULL
exemption_requests.filed_by jsonb NOT NULL
exemption_requests.classification text NOT NULL
exemption_requests.pack text NOT NULL
exemption_requests.relay_cannot_be_used boolean NOT NULL
exemption_requests.daily_volume integer NOT NULL
exemption_requests.restart_plan jsonb NOT NULL
exemption_requests.submitted_at timestamp with time zone NOT NULL
exemption_requests.round integer NOT NULL
exemption_requests.checks jsonb NOT NULL
exemption_requests.verdict text
exemption_requests.due_at timestamp with time zone
exemption_requests.review_due_at timestamp with time zone NOT NULL
exemption_requests.question jsonb
exemption_requests.first_approval jsonb
exemption_requests.decision jsonb
exemption_requests.exemption_id uuid
exemption_requests.ended_at timestamp with time zone
exemption_requests.filer_tenant_id uuid GENERATED ALWAYS AS ((filed_by ->> 'tenantId'::text))::uuid
exemption_requests.moved_at timestamp with time zone
exemption_requests.filer_left_at timestamp with time zone
exemptions.id uuid NOT NULL
exemptions.state text NOT NULL
exemptions.version integer NOT NULL
exemptions.subscription_id uuid NOT NULL
exemptions.tenant_id uuid NOT NULL
exemptions.request_id uuid NOT NULL
exemptions.pack text NOT NULL
exemptions.granted_at timestamp with time zone NOT NULL
exemptions.granted_by jsonb NOT NULL
exemptions.expires_on timestamp with time zone
exemptions.conditions_text_id uuid
exemptions.restart_plan jsonb NOT NULL
exemptions.fence bigint NOT NULL
exemptions.effective_at timestamp with time zone
exemptions.suspension jsonb
exemptions.revocation jsonb
exemptions.ended_at timestamp with time zone
exemptions.moved_at timestamp with time zone
exemptions.first_conditions_text_id uuid
findings.request_id uuid NOT NULL
findings.round integer NOT NULL
findings.check text NOT NULL
findings.outcome text NOT NULL
findings.value jsonb
findings.evidence jsonb NOT NULL
findings.source text NOT NULL
findings.at timestamp with time zone NOT NULL
findings.reason_code text
gates.id uuid NOT NULL
gates.state text NOT NULL
gates.version integer NOT NULL
gates.tenant_id uuid NOT NULL
gates.exemption_id uuid NOT NULL
gates.request_id uuid NOT NULL
gates.position text NOT NULL
gates.fence bigint NOT NULL
gates.ordered_at timestamp with time zone NOT NULL
gates.confirmed_fence bigint NOT NULL
gates.confirmed_at timestamp with time zone
gates.moved_at timestamp with time zone
gates.applies_to text NOT NULL
gates.first_opened_fence bigint
gates.their_fence bigint
gates.watched_at timestamp with time zone
held_mails.request_id uuid NOT NULL
held_mails.sequence integer NOT NULL
held_mails.tenant_id uuid NOT NULL
held_mails.held_at timestamp with time zone NOT NULL
history.sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY
history.aggregate text NOT NULL
history.aggregate_id uuid NOT NULL
history.version integer NOT NULL
history.tenant_id uuid NOT NULL
history.from_state text
history.to_state text NOT NULL
history.event jsonb NOT NULL
history.at timestamp with time zone NOT NULL
history.actor jsonb NOT NULL
idempotency_keys.tenant_id uuid NOT NULL
idempotency_keys.object_id text NOT NULL
idempotency_keys.method text NOT NULL
idempotency_keys.path text NOT NULL
idempotency_keys.key text NOT NULL
idempotency_keys.body_hash text NOT NULL
idempotency_keys.status integer NOT NULL
idempotency_keys.headers jsonb NOT NULL
idempotency_keys.body json
idempotency_keys.created_at timestamp with time zone NOT NULL DEFAULT now()
machine_evidence.subscription_id uuid NOT NULL
machine_evidence.tenant_id uuid NOT NULL
machine_evidence.vm_id text NOT NULL
machine_evidence.kind text NOT NULL
machine_evidence.fact text NOT NULL
machine_evidence.at timestamp with time zone NOT NULL
machine_evidence.source text NOT NULL
machine_evidence.fence bigint NOT NULL
machine_evidence.operation text
machines.subscription_id uuid NOT NULL
machines.vm_id text NOT NULL
machines.tenant_id uuid NOT NULL
machines.resource_id text NOT NULL
machines.name text NOT NULL
machines.location text NOT NULL
machines.time_created timestamp with time zone
machines.ephemeral_system_disk boolean NOT NULL
machines.power_state text NOT NULL
machines.host text NOT NULL
machines.carries text NOT NULL
machines.carries_fence bigint
machines.released_under_fence bigint
machines.seen_at timestamp with time zone NOT NULL
machines.not_found_since timestamp with time zone
machines.gone boolean NOT NULL
machines.zone text
machines.availability_set text
machines.scale_set text
machines.released_seen_at timestamp with time zone
machines.stopped_since timestamp with time zone
machines.absent_since timestamp with time zone
machines.nowhere_since timestamp with time zone
machines.back_since timestamp with time zone
machines.created_here boolean NOT NULL DEFAULT false
machines.gone_by text
mail_counts.key text NOT NULL
mail_counts.day date NOT NULL
mail_counts.sent integer NOT NULL
notes.id uuid NOT NULL
notes.request_id uuid NOT NULL
notes.by jsonb NOT NULL
notes.at timestamp with time zone NOT NULL
notes.text_id uuid NOT NULL
partner_relationships.partner_tenant_id uuid NOT NULL
partner_relationships.customer_tenant_id uuid NOT NULL
partner_relationships.status text NOT NULL
partner_relationships.valid_from timestamp with time zone NOT NULL
partner_relationships.valid_to timestamp with time zone
partner_relationships.kind text NOT NULL
partner_relationships.source text NOT NULL
partner_relationships.confirmed_at timestamp with time zone NOT NULL
people.tenant_id uuid NOT NULL
people.object_id text NOT NULL
people.salt bytea NOT NULL
people.commitment text NOT NULL
power_operations.id uuid NOT NULL
power_operations.restart_id uuid NOT NULL
power_operations.subscription_id uuid NOT NULL
power_operations.tenant_id uuid NOT NULL
power_operations.vm_id text NOT NULL
power_operations.kind text NOT NULL
power_operations.state text NOT NULL
power_operations.operation_url text
power_operations.intended_at timestamp with time zone NOT NULL
power_operations.sent_at timestamp with time zone
power_operations.ended_at timestamp with time zone
power_operations.polls integer NOT NULL
power_operations.attempt integer NOT NULL
power_operations.error_code text
power_operations.correlation_id text
rate_counters.window_number bigint NOT NULL
rate_counters.key text NOT NULL
rate_counters.points bigint NOT NULL
rate_counters.counted_at timestamp with time zone NOT NULL DEFAULT now()
receipts.aggregate text NOT NULL
receipts.aggregate_id uuid NOT NULL
receipts.version integer NOT NULL
receipts.tenant_id uuid NOT NULL
receipts.request_id uuid NOT NULL
receipts.decision text NOT NULL
receipts.at timestamp with time zone NOT NULL
receipts.receipt text NOT NULL
registrations.sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY
registrations.subject_type text NOT NULL
registrations.subject_id text NOT NULL
registrations.person text NOT NULL
registrations.by_application boolean NOT NULL
registrations.at timestamp with time zone NOT NULL
registrations.changes jsonb NOT NULL
request_particulars.request_id uuid NOT NULL
request_particulars.tenant_id uuid NOT NULL
request_particulars.justification text
request_particulars.sending jsonb NOT NULL
request_particulars.contact jsonb
request_particulars.contact_hash text
request_particulars.consent jsonb
request_particulars.salt bytea
request_particulars.commitment text
restart_previews.request_id uuid NOT NULL
restart_previews.tenant_id uuid NOT NULL
restart_previews.outlook jsonb
restart_previews.problem jsonb
restart_previews.misses integer NOT NULL
restarts.id uuid NOT NULL
restarts.state text NOT NULL
restarts.version integer NOT NULL
restarts.exemption_id uuid NOT NULL
restarts.request_id uuid NOT NULL
restarts.subscription_id uuid NOT NULL
restarts.tenant_id uuid NOT NULL
restarts.vm_id text NOT NULL
restarts.direction text NOT NULL
restarts.fence bigint NOT NULL
restarts.resource_id text NOT NULL
restarts.name text NOT NULL
restarts.found text NOT NULL
restarts.stopped_by_us boolean NOT NULL
restarts.blocker jsonb
restarts.round integer NOT NULL DEFAULT 1
schema_migrations.id integer NOT NULL DEFAULT nextval('schema_migrations_id_seq'::regclass)
schema_migrations.timestamp bigint NOT NULL
schema_migrations.name character varying NOT NULL
subscriptions.subscription_id uuid NOT NULL
subscriptions.tenant_id uuid NOT NULL
subscriptions.display_name text NOT NULL
subscriptions.offer jsonb NOT NULL
subscriptions.created_at timestamp with time zone NOT NULL
subscriptions.state text NOT NULL
subscriptions.spending_limit text
subscriptions.partner_tenant_id uuid
subscriptions.billing jsonb NOT NULL
tenants.tenant_id uuid NOT NULL
tenants.kind text NOT NULL
tenants.name text NOT NULL
timeline_entries.request_id uuid NOT NULL
timeline_entries.sequence integer NOT NULL
timeline_entries.tenant_id uuid NOT NULL
timeline_entries.event text NOT NULL
timeline_entries.by text NOT NULL
timeline_entries.actor_tenant_id uuid
timeline_entries.code text
timeline_entries.facts jsonb NOT NULL
timeline_entries.mailed boolean NOT NULL
timeline_entries.at timestamp with time zone NOT NULL
timelines.request_id uuid NOT NULL
timelines.last_sequence integer NOT NULL
violations.id uuid NOT NULL
violations.state text NOT NULL
violations.version integer NOT NULL
violations.exemption_id uuid NOT NULL
violations.subscription_id uuid NOT NULL
violations.tenant_id uuid NOT NULL
violations.violation_kind text NOT NULL
violations.description_text_id uuid NOT NULL
violations.evidence jsonb NOT NULL
violations.recorded_at timestamp with time zone NOT NULL
violations.recorded_by jsonb NOT NULL
violations.judged_at timestamp with time zone
violations.judged_by jsonb
violations.judgement_text_id uuid

-- Constraints
address_reviews.address_reviews_exemption_fk FOREIGN KEY (exemption_id) REFERENCES exemptions(id)
address_reviews.address_reviews_looks_counted CHECK (((more >= 0) AND (looks >= 0) AND ((looks = 0) = (looked_at IS NULL))))
address_reviews.address_reviews_misses_counted CHECK (((misses >= 0) AND ((misses = 0) = (problem IS NULL))))
address_reviews.address_reviews_pk PRIMARY KEY (exemption_id)
address_reviews.address_reviews_says_something CHECK (((looked_at IS NOT NULL) OR (problem IS NOT NULL)))
audit_checkpoints.audit_checkpoints_pk PRIMARY KEY (size)
audit_entries.audit_entries_history_fk FOREIGN KEY (history_sequence) REFERENCES history(sequence)
audit_entries.audit_entries_pk PRIMARY KEY (recorded_at, id)
audit_leaves.audit_leaves_entry_once UNIQUE (entry_id)
audit_leaves.audit_leaves_from_zero CHECK ((leaf_index >= 0))
audit_leaves.audit_leaves_hash_whole CHECK ((length(leaf_hash) = 32))
audit_leaves.audit_leaves_pk PRIMARY KEY (leaf_index)
audit_nodes.audit_nodes_hash_whole CHECK ((length(hash) = 32))
audit_nodes.audit_nodes_level_above_leaves CHECK ((level >= 1))
audit_nodes.audit_nodes_pk PRIMARY KEY (level, node_index)
audit_retirements.audit_retirements_entry_once UNIQUE (entry_id)
audit_retirements.audit_retirements_month_spelt CHECK ((month ~ '^[0-9]{4}-[0-9]{2}$'::text))
audit_retirements.audit_retirements_pk PRIMARY KEY (month)
call_buckets.call_buckets_pk PRIMARY KEY (key)
call_buckets.call_buckets_version_positive CHECK ((version > 0))
claims.claims_pk PRIMARY KEY (request_id)
claims.claims_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests(id)
conduct_notes.conduct_notes_exemption_fk FOREIGN KEY (exemption_id) REFERENCES exemptions(id)
conduct_notes.conduct_notes_human_needed_for_something CHECK (((human_needed_since IS NULL) = (human_needed_for IS NULL)))
conduct_notes.conduct_notes_pk PRIMARY KEY (exemption_id)
conduct_notes.conduct_notes_quiet_looks_counted CHECK ((quiet_looks >= 0))
control_proofs.control_proofs_failed_for_something CHECK (((state <> 'failed'::text) OR (problem IS NOT NULL)))
control_proofs.control_proofs_nonce_long CHECK ((length(nonce) >= 22))
control_proofs.control_proofs_nonce_once UNIQUE (nonce)
control_proofs.control_proofs_pk PRIMARY KEY (id)
control_proofs.control_proofs_proven_at_some_time CHECK (((state = 'proven'::text) = (proven_at IS NOT NULL)))
control_proofs.control_proofs_state_known CHECK ((state = ANY (ARRAY['awaiting-tag'::text, 'proven'::text, 'failed'::text])))
control_proofs.control_proofs_subscription_fk FOREIGN KEY (subscription_id) REFERENCES subscriptions(subscription_id)
effects.effects_lease_whole CHECK (((lease_token IS NULL) = (lease_until IS NULL)))
effects.effects_pk PRIMARY KEY (id)
effects.effects_state_known CHECK ((state = ANY (ARRAY['pending'::text, 'dispatched'::text, 'done'::text, 'dead'::text])))
effects.effects_type_known CHECK ((type = ANY (ARRAY['run-fraud-check'::text, 'move-gate'::text, 'conduct-restarts'::text, 'restart-vm'::text, 'undo-late-stop'::text, 'send-notification'::text, 'call-engineer'::text, 'check-control-proof'::text, 'preview-restarts'::text, 'review-addresses'::text])))
erasable_texts.erasable_texts_pk PRIMARY KEY (id)
exemption_requests.exemption_requests_checking_ends CHECK (((state <> 'checking'::text) OR (due_at IS NOT NULL)))
exemption_requests.exemption_requests_decided CHECK (((state <> ALL (ARRAY['approved'::text, 'denied'::text])) OR (decision IS NOT NULL)))
exemption_requests.exemption_requests_granted CHECK (((state = 'approved'::text) = (exemption_id IS NOT NULL)))
exemption_requests.exemption_requests_pk PRIMARY KEY (id)
exemption_requests.exemption_requests_state_known CHECK ((state = ANY (ARRAY['checking'::text, 'reviewing'::text, 'awaiting-information'::text, 'second-reviewing'::text, 'approved'::text, 'denied'::text, 'withdrawn'::text, 'lapsed'::text])))
exemption_requests.exemption_requests_subscription_fk FOREIGN KEY (subscription_id) REFERENCES subscriptions(subscription_id)
exemption_requests.exemption_requests_verdict_known CHECK (((verdict IS NULL) OR (verdict = ANY (ARRAY['clear'::text, 'doubtful'::text, 'hostile'::text]))))
exemption_requests.exemption_requests_version_positive CHECK ((version > 0))
exemption_requests.exemption_requests_volume_positive CHECK ((daily_volume > 0))
exemptions.exemptions_ended CHECK (((state = ANY (ARRAY['revoked'::text, 'expired'::text])) = (ended_at IS NOT NULL)))
exemptions.exemptions_fence_positive CHECK ((fence > 0))
exemptions.exemptions_pk PRIMARY KEY (id)
exemptions.exemptions_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests(id)
exemptions.exemptions_request_once UNIQUE (request_id)
exemptions.exemptions_revoked_by_somebody CHECK (((state <> ALL (ARRAY['revoking'::text, 'revoked'::text])) OR (revocation IS NOT NULL)))
exemptions.exemptions_state_known CHECK ((state = ANY (ARRAY['enabling'::text, 'effective'::text, 'suspended'::text, 'revoking'::text, 'expiring'::text, 'revoked'::text, 'expired'::text])))
exemptions.exemptions_version_positive CHECK ((version > 0))
findings.findings_outcome_known CHECK ((outcome = ANY (ARRAY['pass'::text, 'warn'::text, 'fail'::text, 'unknown'::text, 'error'::text])))
findings.findings_pk PRIMARY KEY (request_id, round, "check")
findings.findings_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests(id)
gates.gates_confirmed_before_ordered CHECK ((confirmed_fence <= fence))
gates.gates_pk PRIMARY KEY (id)
gates.gates_position_known CHECK (("position" = ANY (ARRAY['open'::text, 'closed'::text])))
gates.gates_reach_known CHECK ((applies_to = ANY (ARRAY['next-start'::text, 'running'::text])))
gates.gates_settled_is_confirmed CHECK (((state <> ALL (ARRAY['open'::text, 'closed'::text])) OR (confirmed_fence = fence)))
gates.gates_state_known CHECK ((state = ANY (ARRAY['closed'::text, 'opening'::text, 'open'::text, 'closing'::text, 'disputed'::text])))
gates.gates_subscription_fk FOREIGN KEY (id) REFERENCES subscriptions(subscription_id)
gates.gates_version_positive CHECK ((version > 0))
held_mails.held_mails_pk PRIMARY KEY (request_id, sequence)
held_mails.held_mails_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests(id)
history.history_aggregate_known CHECK ((aggregate = ANY (ARRAY['request'::text, 'exemption'::text, 'restart'::text, 'gate'::text, 'violation'::text])))
history.history_first_has_no_past CHECK (((version = 1) = (from_state IS NULL)))
history.history_pk PRIMARY KEY (sequence)
history.history_versions_once UNIQUE (aggregate, aggregate_id, version)
idempotency_keys.idempotency_keys_pk PRIMARY KEY (tenant_id, object_id, method, path, key)
machine_evidence.machine_evidence_kind_known CHECK ((kind = ANY (ARRAY['own-operation'::text, 'activity-log'::text, 'event-grid'::text, 'sampled'::text, 'owner-said'::text])))
machine_evidence.machine_evidence_pk PRIMARY KEY (subscription_id, vm_id, kind, fact, at, source, fence)
machines.machines_carries_known CHECK ((carries = ANY (ARRAY['open'::text, 'closed'::text, 'unknown'::text])))
machines.machines_gone_by_known CHECK ((gone_by = ANY (ARRAY['delete-logged'::text, 'left-its-set'::text, 'found-nowhere'::text, 'said-by-engineer'::text, 'nothing-open'::text]))) NOT VALID
machines.machines_host_known CHECK ((host = ANY (ARRAY['held'::text, 'none'::text, 'unknown'::text])))
machines.machines_pk PRIMARY KEY (subscription_id, vm_id)
mail_counts.mail_counts_pk PRIMARY KEY (key, day)
mail_counts.mail_counts_sent_counted CHECK ((sent >= 0))
notes.notes_pk PRIMARY KEY (id)
notes.notes_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests(id)
partner_relationships.partner_relationships_dates CHECK (((valid_to IS NULL) OR (valid_to > valid_from)))
partner_relationships.partner_relationships_delegation_ends CHECK (((kind <> 'delegated-administration'::text) OR (valid_to IS NOT NULL)))
partner_relationships.partner_relationships_kind_known CHECK ((kind = ANY (ARRAY['reseller'::text, 'delegated-administration'::text, 'managed'::text])))
partner_relationships.partner_relationships_pk PRIMARY KEY (partner_tenant_id, customer_tenant_id)
partner_relationships.partner_relationships_source_known CHECK ((source = ANY (ARRAY['operator'::text, 'feed'::text])))
partner_relationships.partner_relationships_two CHECK ((partner_tenant_id <> customer_tenant_id))
people.people_commitment_once UNIQUE (commitment)
people.people_pk PRIMARY KEY (tenant_id, object_id)
power_operations.power_operations_kind_known CHECK ((kind = ANY (ARRAY['deallocate'::text, 'start'::text])))
power_operations.power_operations_pk PRIMARY KEY (id)
power_operations.power_operations_restart_fk FOREIGN KEY (restart_id) REFERENCES restarts(id)
power_operations.power_operations_state_known CHECK ((state = ANY (ARRAY['intended'::text, 'sent'::text, 'succeeded'::text, 'failed'::text, 'abandoned'::text])))
rate_counters.rate_counters_pk PRIMARY KEY (window_number, key)
rate_counters.rate_counters_points_positive CHECK ((points > 0))
receipts.receipts_decision_known CHECK ((decision = ANY (ARRAY['approved'::text, 'denied'::text, 'suspended'::text, 'reinstated'::text, 'revoked'::text])))
receipts.receipts_pk PRIMARY KEY (aggregate, aggregate_id, version)
receipts.receipts_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests(id)
registrations.registrations_pk PRIMARY KEY (sequence)
registrations.registrations_subject_known CHECK ((subject_type = ANY (ARRAY['subscription'::text, 'tenant'::text, 'relationship'::text])))
request_particulars.request_particulars_committed CHECK (((salt IS NULL) = (commitment IS NULL)))
request_particulars.request_particulars_pk PRIMARY KEY (request_id)
request_particulars.request_particulars_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests(id)
restart_previews.restart_previews_misses_counted CHECK (((misses >= 0) AND ((misses = 0) = (problem IS NULL))))
restart_previews.restart_previews_pk PRIMARY KEY (request_id)
restart_previews.restart_previews_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests(id)
restart_previews.restart_previews_says_something CHECK (((outlook IS NOT NULL) OR (problem IS NOT NULL)))
restarts.restarts_blocked_by_something CHECK (((state <> ALL (ARRAY['blocked'::text, 'failed'::text])) OR (blocker IS NOT NULL)))
restarts.restarts_direction_known CHECK ((direction = ANY (ARRAY['enable'::text, 'revoke'::text])))
restarts.restarts_exemption_fk FOREIGN KEY (exemption_id) REFERENCES exemptions(id)
restarts.restarts_found_known CHECK ((found = ANY (ARRAY['running'::text, 'stopped'::text, 'no-host'::text, 'unknown'::text])))
restarts.restarts_in_flight_is_ours CHECK (((state <> ALL (ARRAY['deallocating'::text, 'starting'::text])) OR stopped_by_us))
restarts.restarts_once UNIQUE (exemption_id, vm_id, direction, fence, round)
restarts.restarts_pk PRIMARY KEY (id)
restarts.restarts_revocation_skips_nothing CHECK (((state <> 'skipped'::text) OR (direction = 'enable'::text)))
restarts.restarts_round_positive CHECK ((round > 0))
restarts.restarts_state_known CHECK ((state = ANY (ARRAY['waiting'::text, 'deallocating'::text, 'starting'::text, 'blocked'::text, 'failed'::text, 'skipped'::text, 'absent'::text, 'resting'::text, 'restarted'::text, 'gone'::text, 'superseded'::text, 'created-after'::text]))) NOT VALID
restarts.restarts_version_positive CHECK ((version > 0))
schema_migrations.PK_62441bec32630ced9e4cccae336 PRIMARY KEY (id)
subscriptions.subscriptions_pk PRIMARY KEY (subscription_id)
subscriptions.subscriptions_state_known CHECK ((state = ANY (ARRAY['Enabled'::text, 'Warned'::text, 'PastDue'::text, 'Disabled'::text, 'Deleted'::text])))
tenants.tenants_kind_known CHECK ((kind = ANY (ARRAY['customer'::text, 'partner'::text, 'platform'::text])))
tenants.tenants_pk PRIMARY KEY (tenant_id)
timeline_entries.timeline_entries_by_known CHECK ((by = ANY (ARRAY['customer'::text, 'partner'::text, 'platform'::text])))
timeline_entries.timeline_entries_pk PRIMARY KEY (request_id, sequence)
timeline_entries.timeline_entries_timeline_fk FOREIGN KEY (request_id) REFERENCES timelines(request_id)
timelines.timelines_pk PRIMARY KEY (request_id)
timelines.timelines_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests(id)
violations.violations_exemption_fk FOREIGN KEY (exemption_id) REFERENCES exemptions(id)
violations.violations_judged CHECK (((state = 'alleged'::text) = (judged_by IS NULL)))
violations.violations_pk PRIMARY KEY (id)
violations.violations_state_known CHECK ((state = ANY (ARRAY['alleged'::text, 'confirmed'::text, 'dismissed'::text])))
violations.violations_version_positive CHECK ((version > 0))

-- Indexes
CREATE UNIQUE INDEX address_reviews_pk ON public.address_reviews USING btree (exemption_id)
CREATE UNIQUE INDEX audit_checkpoints_pk ON public.audit_checkpoints USING btree (size)
CREATE INDEX audit_entries_about ON ONLY public.audit_entries USING btree (subject_id, recorded_at)
CREATE UNIQUE INDEX audit_entries_pk ON ONLY public.audit_entries USING btree (recorded_at, id)
CREATE UNIQUE INDEX audit_leaves_entry_once ON public.audit_leaves USING btree (entry_id)
CREATE UNIQUE INDEX audit_leaves_pk ON public.audit_leaves USING btree (leaf_index)
CREATE UNIQUE INDEX audit_nodes_pk ON public.audit_nodes USING btree (level, node_index)
CREATE UNIQUE INDEX audit_retirements_entry_once ON public.audit_retirements USING btree (entry_id)
CREATE UNIQUE INDEX audit_retirements_pk ON public.audit_retirements USING btree (month)
CREATE UNIQUE INDEX call_buckets_pk ON public.call_buckets USING btree (key)
CREATE UNIQUE INDEX claims_pk ON public.claims USING btree (request_id)
CREATE INDEX conduct_notes_human_needed ON public.conduct_notes USING btree (human_needed_since) WHERE (human_needed_since IS NOT NULL)
CREATE UNIQUE INDEX conduct_notes_pk ON public.conduct_notes USING btree (exemption_id)
CREATE UNIQUE INDEX control_proofs_nonce_once ON public.control_proofs USING btree (nonce)
CREATE INDEX control_proofs_of_subscription ON public.control_proofs USING btree (subscription_id, asked_at DESC, id DESC)
CREATE UNIQUE INDEX control_proofs_pk ON public.control_proofs USING btree (id)
CREATE INDEX effects_by_turn ON public.effects USING btree (priority, for_tenant, due_at, sequence) WHERE (state = 'pending'::text)
CREATE INDEX effects_dead ON public.effects USING btree (sequence) WHERE (state = 'dead'::text)
CREATE INDEX effects_dispatched ON public.effects USING btree (dispatched_at) WHERE (state = 'dispatched'::text)
CREATE INDEX effects_due ON public.effects USING btree (priority, due_at, sequence) WHERE (state = 'pending'::text)
CREATE INDEX effects_ended ON public.effects USING btree (ended_at) WHERE (state = 'done'::text)
CREATE INDEX effects_in_order ON public.effects USING btree (order_key, sequence) WHERE ((order_key IS NOT NULL) AND (state = ANY (ARRAY['pending'::text, 'dispatched'::text])))
CREATE UNIQUE INDEX effects_one_open ON public.effects USING btree (singleton_key) WHERE ((singleton_key IS NOT NULL) AND (state = ANY (ARRAY['pending'::text, 'dispatched'::text])))
CREATE INDEX effects_out ON public.effects USING btree (priority, for_tenant) WHERE (state = 'dispatched'::text)
CREATE UNIQUE INDEX effects_pk ON public.effects USING btree (id)
CREATE INDEX erasable_texts_about ON public.erasable_texts USING btree (about_id)
CREATE INDEX erasable_texts_by_author ON public.erasable_texts USING btree (author_tenant_id, author_object_id) WHERE (author_object_id IS NOT NULL)
CREATE UNIQUE INDEX erasable_texts_pk ON public.erasable_texts USING btree (id)
CREATE INDEX exemption_requests_by_filer ON public.exemption_requests USING btree (filer_tenant_id, submitted_at DESC, id DESC)
CREATE INDEX exemption_requests_by_subscription ON public.exemption_requests USING btree (subscription_id, submitted_at DESC)
CREATE INDEX exemption_requests_by_tenant ON public.exemption_requests USING btree (tenant_id, submitted_at DESC, id DESC)
CREATE INDEX exemption_requests_due ON public.exemption_requests USING btree (due_at) WHERE (due_at IS NOT NULL)
CREATE INDEX exemption_requests_newest ON public.exemption_requests USING btree (submitted_at DESC, id DESC)
CREATE UNIQUE INDEX exemption_requests_one_live ON public.exemption_requests USING btree (subscription_id) WHERE (state = ANY (ARRAY['checking'::text, 'reviewing'::text, 'awaiting-information'::text, 'second-reviewing'::text]))
CREATE UNIQUE INDEX exemption_requests_pk ON public.exemption_requests USING btree (id)
CREATE INDEX exemption_requests_queue ON public.exemption_requests USING btree (review_due_at, id) WHERE (state = ANY (ARRAY['checking'::text, 'reviewing'::text, 'awaiting-information'::text, 'second-reviewing'::text]))
CREATE INDEX exemptions_by_subscription ON public.exemptions USING btree (subscription_id, granted_at DESC)
CREATE INDEX exemptions_by_tenant ON public.exemptions USING btree (tenant_id)
CREATE INDEX exemptions_expiring ON public.exemptions USING btree (expires_on) WHERE ((expires_on IS NOT NULL) AND (ended_at IS NULL))
CREATE INDEX exemptions_newest ON public.exemptions USING btree (granted_at DESC, id DESC)
CREATE UNIQUE INDEX exemptions_one_live ON public.exemptions USING btree (subscription_id) WHERE (state = ANY (ARRAY['enabling'::text, 'effective'::text, 'suspended'::text, 'revoking'::text, 'expiring'::text]))
CREATE UNIQUE INDEX exemptions_pk ON public.exemptions USING btree (id)
CREATE UNIQUE INDEX exemptions_request_once ON public.exemptions USING btree (request_id)
CREATE UNIQUE INDEX findings_pk ON public.findings USING btree (request_id, round, "check")
CREATE UNIQUE INDEX gates_pk ON public.gates USING btree (id)
CREATE INDEX gates_to_watch ON public.gates USING btree (watched_at NULLS FIRST) WHERE (state = 'closed'::text)
CREATE INDEX held_mails_oldest ON public.held_mails USING btree (held_at)
CREATE UNIQUE INDEX held_mails_pk ON public.held_mails USING btree (request_id, sequence)
CREATE UNIQUE INDEX history_pk ON public.history USING btree (sequence)
CREATE UNIQUE INDEX history_versions_once ON public.history USING btree (aggregate, aggregate_id, version)
CREATE INDEX idempotency_keys_oldest ON public.idempotency_keys USING btree (created_at)
CREATE UNIQUE INDEX idempotency_keys_pk ON public.idempotency_keys USING btree (tenant_id, object_id, method, path, key)
CREATE UNIQUE INDEX machine_evidence_pk ON public.machine_evidence USING btree (subscription_id, vm_id, kind, fact, at, source, fence)
CREATE UNIQUE INDEX machine_evidence_said_once ON public.machine_evidence USING btree (subscription_id, vm_id, kind, fence) WHERE (kind = ANY (ARRAY['owner-said'::text, 'event-grid'::text]))
CREATE UNIQUE INDEX machines_pk ON public.machines USING btree (subscription_id, vm_id)
CREATE INDEX mail_counts_oldest ON public.mail_counts USING btree (day)
CREATE UNIQUE INDEX mail_counts_pk ON public.mail_counts USING btree (key, day)
CREATE INDEX notes_of_request ON public.notes USING btree (request_id, at)
CREATE UNIQUE INDEX notes_pk ON public.notes USING btree (id)
CREATE INDEX partner_relationships_by_customer ON public.partner_relationships USING btree (customer_tenant_id)
CREATE UNIQUE INDEX partner_relationships_pk ON public.partner_relationships USING btree (partner_tenant_id, customer_tenant_id)
CREATE UNIQUE INDEX people_commitment_once ON public.people USING btree (commitment)
CREATE UNIQUE INDEX people_pk ON public.people USING btree (tenant_id, object_id)
CREATE INDEX power_operations_by_correlation ON public.power_operations USING btree (correlation_id) WHERE (correlation_id IS NOT NULL)
CREATE INDEX power_operations_of_restart ON public.power_operations USING btree (restart_id, kind, intended_at DESC)
CREATE UNIQUE INDEX power_operations_one_in_flight ON public.power_operations USING btree (subscription_id, vm_id) WHERE (state = ANY (ARRAY['intended'::text, 'sent'::text]))
CREATE UNIQUE INDEX power_operations_pk ON public.power_operations USING btree (id)
CREATE UNIQUE INDEX rate_counters_pk ON public.rate_counters USING btree (window_number, key)
CREATE UNIQUE INDEX receipts_pk ON public.receipts USING btree (aggregate, aggregate_id, version)
CREATE INDEX registrations_of_subject ON public.registrations USING btree (subject_type, subject_id, sequence)
CREATE UNIQUE INDEX registrations_pk ON public.registrations USING btree (sequence)
CREATE INDEX request_particulars_by_contact ON public.request_particulars USING btree (contact_hash) WHERE (contact_hash IS NOT NULL)
CREATE UNIQUE INDEX request_particulars_pk ON public.request_particulars USING btree (request_id)
CREATE UNIQUE INDEX restart_previews_pk ON public.restart_previews USING btree (request_id)
CREATE INDEX restarts_by_subscription ON public.restarts USING btree (subscription_id)
CREATE INDEX restarts_halting ON public.restarts USING btree (exemption_id) WHERE ((state = 'failed'::text) OR (stopped_by_us AND (state <> 'deallocating'::text) AND (blocker IS NOT NULL)))
CREATE INDEX restarts_in_flight ON public.restarts USING btree (id) WHERE (state = ANY (ARRAY['deallocating'::text, 'starting'::text]))
CREATE UNIQUE INDEX restarts_once ON public.restarts USING btree (exemption_id, vm_id, direction, fence, round)
CREATE UNIQUE INDEX restarts_pk ON public.restarts USING btree (id)
CREATE INDEX restarts_to_start ON public.restarts USING btree (exemption_id) WHERE stopped_by_us
CREATE UNIQUE INDEX "PK_62441bec32630ced9e4cccae336" ON public.schema_migrations USING btree (id)
CREATE INDEX subscriptions_by_tenant ON public.subscriptions USING btree (tenant_id, subscription_id)
CREATE UNIQUE INDEX subscriptions_pk ON public.subscriptions USING btree (subscription_id)
CREATE UNIQUE INDEX tenants_pk ON public.tenants USING btree (tenant_id)
CREATE UNIQUE INDEX timeline_entries_pk ON public.timeline_entries USING btree (request_id, sequence)
CREATE UNIQUE INDEX timelines_pk ON public.timelines USING btree (request_id)
CREATE INDEX violations_by_exemption ON public.violations USING btree (exemption_id)
CREATE INDEX violations_newest ON public.violations USING btree (recorded_at DESC, id DESC)
CREATE UNIQUE INDEX violations_pk ON public.violations USING btree (id)

-- Triggers
CREATE TRIGGER audit_checkpoints_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
CREATE TRIGGER audit_entries_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
CREATE TRIGGER audit_leaves_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_leaves FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
CREATE TRIGGER audit_nodes_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_nodes FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
CREATE TRIGGER audit_retirements_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_retirements FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
CREATE TRIGGER history_append_only BEFORE DELETE OR TRUNCATE ON public.history FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
CREATE TRIGGER history_loses_names_only BEFORE UPDATE ON public.history FOR EACH ROW WHEN ((((to_jsonb(new.*) - 'actor'::text) IS DISTINCT FROM (to_jsonb(old.*) - 'actor'::text)) OR ((new.actor - 'objectId'::text) IS DISTINCT FROM (old.actor - 'objectId'::text)) OR ((new.actor ->> 'objectId'::text) !~~ 'erased-%'::text))) EXECUTE FUNCTION refuse_rewriting()
CREATE TRIGGER history_rewritten_by_erasure BEFORE UPDATE ON public.history FOR EACH STATEMENT WHEN ((current_setting('app.erasure'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION refuse_rewriting()
CREATE TRIGGER machine_evidence_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.machine_evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
CREATE TRIGGER receipts_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.receipts FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
CREATE TRIGGER registrations_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.registrations FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()
CREATE TRIGGER subscriptions_change_hands AFTER UPDATE ON public.subscriptions FOR EACH ROW WHEN (((old.tenant_id IS DISTINCT FROM new.tenant_id) OR (old.partner_tenant_id IS DISTINCT FROM new.partner_tenant_id))) EXECUTE FUNCTION mark_what_was_left()
CREATE TRIGGER timeline_entries_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.timeline_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()

-- Functions
CREATE OR REPLACE FUNCTION public.app_fresh_since()
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT nullif(current_setting('app.fresh_since', true), '')::timestamptz $function$
CREATE OR REPLACE FUNCTION public.app_now()
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT nullif(current_setting('app.now', true), '')::timestamptz $function$
CREATE OR REPLACE FUNCTION public.app_tenant()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT nullif(current_setting('app.tenant', true), '')::uuid $function$
CREATE OR REPLACE FUNCTION public.audit_actor(actor jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
   DECLARE
     tenant uuid := (actor ->> 'tenantId')::uuid;
     object text := actor ->> 'objectId';
     fresh bytea;
     who text;
   BEGIN
     IF object IS NOT NULL THEN
       SELECT commitment INTO who FROM people WHERE tenant_id = tenant AND object_id = object;
       IF who IS NULL THEN
         fresh := fresh_salt();
         INSERT INTO people (tenant_id, object_id, salt, commitment)
           VALUES (tenant, object, fresh, person_commitment(fresh, tenant, object)) ON CONFLICT (tenant_id, object_id) DO NOTHING;
         SELECT commitment INTO who FROM people WHERE tenant_id = tenant AND object_id = object;
       END IF;
     END IF;
     RETURN jsonb_build_object('kind', actor -> 'kind', 'tenantId', actor -> 'tenantId', 'name', actor -> 'name', 'person', who);
   END $function$
CREATE OR REPLACE FUNCTION public.clock_agrees(told timestamp with time zone, tolerance_ms double precision)
 RETURNS boolean
 LANGUAGE sql
 PARALLEL SAFE
AS $function$
         SELECT tolerance_ms IS NULL OR abs(extract(epoch FROM clock_timestamp() - told)) * 1000 <= tolerance_ms
       $function$
CREATE OR REPLACE FUNCTION public.clock_must_agree(told timestamp with time zone, tolerance_ms double precision)
 RETURNS void
 LANGUAGE plpgsql
 PARALLEL SAFE
AS $function$
       BEGIN
         IF NOT clock_agrees(told, tolerance_ms) THEN
           RAISE EXCEPTION 'the clock of this process is not that of the database' USING ERRCODE = 'PC001';
         END IF;
       END
       $function$
CREATE OR REPLACE FUNCTION public.concerned_by(requests uuid[])
 RETURNS TABLE(id uuid)
 LANGUAGE sql
 STABLE
AS $function$
     SELECT unnest(requests)
     UNION ALL SELECT e.id FROM exemptions e WHERE e.request_id = ANY (requests)
     UNION ALL SELECT s.id FROM restarts s WHERE s.request_id = ANY (requests)
     UNION ALL SELECT n.id FROM notes n WHERE n.request_id = ANY (requests)
     UNION ALL SELECT v.id FROM violations v JOIN exemptions e ON e.id = v.exemption_id WHERE e.request_id = ANY (requests)
   $function$
CREATE OR REPLACE FUNCTION public.ensure_audit_partition(month date)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
   DECLARE
     name text := 'audit_entries_' || to_char(month, 'YYYY_MM');
     since timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
     until timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
   BEGIN
     IF to_regclass('public.' || name) IS NOT NULL THEN RETURN; END IF;
     EXECUTE format('CREATE TABLE public.%I PARTITION OF public.audit_entries FOR VALUES FROM (%L) TO (%L)', name, since, until);
     EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%I
       FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting()', name || '_append_only', name);
   EXCEPTION WHEN check_violation THEN
     NULL;
   END $function$
CREATE OR REPLACE FUNCTION public.erase_contact_unscoped(hash text, address text)
 RETURNS TABLE(requests integer, texts integer)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
   #variable_conflict use_variable
   DECLARE
     named uuid[];
     names text[];
   BEGIN
     PERFORM set_config('app.unscoped', 'on', true);
     named := ARRAY(SELECT r.id FROM exemption_requests r JOIN request_particulars p ON p.request_id = r.id
       WHERE p.contact_hash = hash OR lower(p.sending ->> 'abuseContact') = address ORDER BY r.id FOR UPDATE OF r);
     requests := cardinality(named);
     SELECT array_agg(DISTINCT lower(name)) INTO names FROM request_particulars p,
       LATERAL (VALUES (CASE WHEN p.contact_hash = hash THEN p.contact ->> 'name' END), (address)) AS n(name)
       WHERE p.request_id = ANY (named) AND length(name) > 1;
     WITH gone AS (
       DELETE FROM erasable_texts t WHERE t.about_id IN (SELECT id FROM concerned_by(named))
         AND EXISTS (SELECT FROM unnest(names) name WHERE position(name IN lower(t.text)) > 0)
       RETURNING t.id)
     SELECT count(*)::integer INTO texts FROM gone;
     UPDATE request_particulars p SET salt = NULL, commitment = NULL,
       justification = CASE WHEN NOT EXISTS (SELECT FROM unnest(names) name WHERE position(name IN lower(p.justification)) > 0) THEN p.justification END,
       consent = CASE WHEN NOT EXISTS (SELECT FROM unnest(names) name WHERE position(name IN lower(p.consent::text)) > 0) THEN p.consent END,
       contact = CASE WHEN p.contact_hash IS DISTINCT FROM hash THEN p.contact END,
       contact_hash = CASE WHEN p.contact_hash IS DISTINCT FROM hash THEN p.contact_hash END,
       sending = p.sending || (SELECT jsonb_object_agg(key, CASE WHEN EXISTS (SELECT FROM unnest(names) name WHERE position(name IN lower(value)) > 0)
         THEN NULL ELSE value END) FROM (VALUES ('optIn', p.sending ->> 'optIn'), ('bounceHandling', p.sending ->> 'bounceHandling'),
           ('abuseContact', p.sending ->> 'abuseContact')) AS s(key, value))
     WHERE p.request_id = ANY (named);
     DELETE FROM idempotency_keys k WHERE k.body ->> 'id' IN (SELECT id::text FROM concerned_by(named))
       AND EXISTS (SELECT FROM unnest(names) name WHERE position(name IN lower(k.body::text)) > 0);
     PERFORM set_config('app.unscoped', '', true);
     RETURN NEXT;
   END $function$
CREATE OR REPLACE FUNCTION public.erase_person_unscoped(tenant uuid, object text)
 RETURNS TABLE(pseudonym text, requests integer, texts integer, lines integer)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
   #variable_conflict use_variable
   DECLARE
     filed uuid[];
     touched uuid[];
     names text[];
     who text;
   BEGIN
     -- Not clauses of the function: an ordinary owner may not name a setting of our own there.
     PERFORM pg_advisory_xact_lock(person_key(tenant, object)), set_config('app.unscoped', 'on', true), set_config('app.erasure', 'on', true);
     SELECT p.commitment INTO who FROM people p WHERE p.tenant_id = tenant AND p.object_id = object;
     IF who IS NULL THEN RETURN; END IF; -- nothing was changed, and the settings end with the transaction
     pseudonym := 'erased-' || left(who, 32);
     filed := ARRAY(SELECT r.id FROM exemption_requests r WHERE r.filed_by ->> 'objectId' = object AND r.filed_by ->> 'tenantId' = tenant::text);
     requests := cardinality(filed);

     -- Rows of lifecycles first: who changes one of them holds it, and waits here, or is waited for.
     WITH changed AS (
       UPDATE exemption_requests r SET filed_by = without_person(r.filed_by, tenant, object, pseudonym),
         question = CASE WHEN r.question IS NOT NULL THEN jsonb_set(r.question, '{askedBy}', without_person(r.question -> 'askedBy', tenant, object, pseudonym)) END,
         first_approval = CASE WHEN r.first_approval IS NOT NULL THEN jsonb_set(r.first_approval, '{by}', without_person(r.first_approval -> 'by', tenant, object, pseudonym)) END,
         decision = CASE WHEN r.decision IS NOT NULL THEN jsonb_set(r.decision, '{by}', without_person(r.decision -> 'by', tenant, object, pseudonym)) END
       WHERE object IN (r.filed_by ->> 'objectId', r.question -> 'askedBy' ->> 'objectId', r.first_approval -> 'by' ->> 'objectId', r.decision -> 'by' ->> 'objectId')
       RETURNING r.id)
     SELECT coalesce(array_agg(id), '{}') INTO touched FROM changed;
     WITH changed AS (
       UPDATE exemptions e SET granted_by = without_person(e.granted_by, tenant, object, pseudonym),
         suspension = CASE WHEN e.suspension IS NOT NULL THEN jsonb_set(jsonb_set(e.suspension, '{by}', without_person(e.suspension -> 'by', tenant, object, pseudonym)), '{firstReinstatement,by}',
            coalesce(without_person(e.suspension #> '{firstReinstatement,by}', tenant, object, pseudonym), 'null'), false) END,
         revocation = CASE WHEN e.revocation IS NOT NULL THEN jsonb_set(e.revocation, '{by}', without_person(e.revocation -> 'by', tenant, object, pseudonym)) END
       WHERE object IN (e.granted_by ->> 'objectId', e.suspension -> 'by' ->> 'objectId', e.suspension #>> '{firstReinstatement,by,objectId}', e.revocation -> 'by' ->> 'objectId')
       RETURNING e.id)
     SELECT touched || coalesce(array_agg(id), '{}') INTO touched FROM changed;
     WITH changed AS (
       UPDATE violations v SET recorded_by = without_person(v.recorded_by, tenant, object, pseudonym), judged_by = without_person(v.judged_by, tenant, object, pseudonym)
       WHERE object IN (v.recorded_by ->> 'objectId', v.judged_by ->> 'objectId')
       RETURNING v.id)
     SELECT touched || coalesce(array_agg(id), '{}') INTO touched FROM changed;

     -- What they said, and what others wrote about what they filed and named them in.
     SELECT coalesce(array_agg(DISTINCT lower(name)), '{}') INTO names FROM request_particulars p,
       LATERAL (VALUES (p.contact ->> 'name'), (p.contact ->> 'email'), (p.consent ->> 'givenBy'), (p.sending ->> 'abuseContact')) AS n(name)
       WHERE p.request_id = ANY (filed) AND length(name) > 1;
     PERFORM erase_words_of(filed, ARRAY(SELECT h.aggregate_id FROM history h WHERE h.aggregate = 'request' AND h.event ->> 'type' = 'informationGiven'
       AND h.actor ->> 'objectId' = object AND h.actor ->> 'tenantId' = tenant::text));
     WITH gone AS (
       DELETE FROM erasable_texts t WHERE (t.author_tenant_id = tenant AND t.author_object_id = object)
         OR position(object IN lower(t.text)) > 0
         OR (t.about_id IN (SELECT id FROM concerned_by(filed)) AND EXISTS (SELECT FROM unnest(names) name WHERE position(name IN lower(t.text)) > 0))
       RETURNING t.about_id)
     SELECT count(*)::integer, touched || coalesce(array_agg(DISTINCT about_id), '{}') INTO texts, touched FROM gone;

     UPDATE notes n SET by = without_person(n.by, tenant, object, pseudonym) WHERE n.by ->> 'objectId' = object AND n.by ->> 'tenantId' = tenant::text;
     DELETE FROM claims c WHERE c.by ->> 'objectId' = object AND c.by ->> 'tenantId' = tenant::text;
     -- Answers that are kept for a day, theirs and those in which others were shown them or their words.
     DELETE FROM idempotency_keys k WHERE (k.tenant_id = tenant AND k.object_id = object) OR position(object IN lower(k.body::text)) > 0
       OR k.body ->> 'id' IN (SELECT id::text FROM unnest(touched) id UNION SELECT e.id::text FROM exemptions e WHERE e.request_id = ANY (touched));
     UPDATE history h SET actor = without_person(h.actor, tenant, object, pseudonym)
       WHERE h.actor ->> 'objectId' = object AND h.actor ->> 'tenantId' = tenant::text;
     GET DIAGNOSTICS lines = ROW_COUNT;
     DELETE FROM people p WHERE p.tenant_id = tenant AND p.object_id = object;
     PERFORM set_config('app.unscoped', '', true), set_config('app.erasure', '', true);
     RETURN NEXT;
   END $function$
CREATE OR REPLACE FUNCTION public.erase_words_of(filed uuid[], answered uuid[])
 RETURNS void
 LANGUAGE sql
AS $function$
     UPDATE request_particulars SET salt = NULL, commitment = NULL, sending = sending || '{"optIn": null, "bounceHandling": null, "abuseContact": null}'
       WHERE request_id = ANY (filed || answered);
     UPDATE request_particulars SET justification = NULL, contact = NULL, contact_hash = NULL, consent = NULL WHERE request_id = ANY (filed);
   $function$
CREATE OR REPLACE FUNCTION public.filings_used_up_unscoped(subscription uuid, tenant uuid, since timestamp with time zone, most_of_subscription integer, most_of_tenant integer)
 RETURNS TABLE(of_subscription timestamp with time zone, of_tenant timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
     -- It is the owner's policies that ask for this, so it opens nothing to the role that called.
     SELECT set_config('app.unscoped', 'on', true);
     SELECT
       (SELECT r.submitted_at FROM exemption_requests r WHERE most_of_subscription > 0 AND r.subscription_id = subscription
          AND r.tenant_id = tenant AND r.moved_at IS NULL AND r.filer_left_at IS NULL AND r.submitted_at > since
          ORDER BY r.submitted_at DESC OFFSET greatest(most_of_subscription - 1, 0) LIMIT 1),
       (SELECT r.submitted_at FROM exemption_requests r WHERE most_of_tenant > 0 AND r.tenant_id = tenant
          AND r.submitted_at > since ORDER BY r.submitted_at DESC OFFSET greatest(most_of_tenant - 1, 0) LIMIT 1)
   $function$
CREATE OR REPLACE FUNCTION public.fresh_salt()
 RETURNS bytea
 LANGUAGE sql
AS $function$ SELECT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) $function$
CREATE OR REPLACE FUNCTION public.mark_what_was_left()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
   DECLARE
     since timestamptz := coalesce(nullif(current_setting('app.changed_at', true), '')::timestamptz, app_now(), now());
     unscoped text := coalesce(current_setting('app.unscoped', true), '');
   BEGIN
     PERFORM set_config('app.unscoped', 'on', true);
     UPDATE exemption_requests SET moved_at = since
       WHERE subscription_id = NEW.subscription_id AND tenant_id <> NEW.tenant_id AND moved_at IS NULL;
     UPDATE exemptions SET moved_at = since
       WHERE subscription_id = NEW.subscription_id AND tenant_id <> NEW.tenant_id AND moved_at IS NULL;
     IF NEW.partner_tenant_id IS DISTINCT FROM OLD.partner_tenant_id THEN
       UPDATE exemption_requests SET filer_left_at = since
         WHERE subscription_id = NEW.subscription_id AND filed_by ->> 'kind' = 'partner'
           AND filer_tenant_id <> NEW.partner_tenant_id AND filer_left_at IS NULL;
     END IF;
     PERFORM set_config('app.unscoped', unscoped, true);
     RETURN NULL;
   END $function$
CREATE OR REPLACE FUNCTION public.person_commitment(salt bytea, tenant uuid, object text)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$ SELECT encode(sha256(salt || convert_to('["' || tenant || '",' || to_json(object)::text || ']', 'UTF8')), 'hex') $function$
CREATE OR REPLACE FUNCTION public.person_key(tenant uuid, object text)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT hashtextextended('person ' || tenant || ' ' || object, 0) $function$
CREATE OR REPLACE FUNCTION public.refuse_rewriting()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
   BEGIN
     RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
   END $function$
CREATE OR REPLACE FUNCTION public.standing_of_subscription_unscoped(subscription uuid)
 RETURNS TABLE(live_request uuid, live_exemption uuid, live_exemption_state text, is_of_former_partner boolean, last_denial jsonb, last_revoked_granted_at timestamp with time zone, last_revoked_at timestamp with time zone, last_blamed_at timestamp with time zone, last_expired_granted_at timestamp with time zone, former_exemption uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
     -- It is the owner's policies that ask for this, so it opens nothing to the role that called.
     SELECT set_config('app.unscoped', 'on', true);
     WITH owner AS (SELECT tenant_id FROM subscriptions WHERE subscription_id = subscription),
       live AS (SELECT e.id, e.state, e.moved_at, q.filer_left_at FROM exemptions e
         JOIN exemption_requests q ON q.id = e.request_id WHERE e.subscription_id = subscription
           AND e.state IN ('enabling', 'effective', 'suspended', 'revoking', 'expiring')),
       ended AS (SELECT e.state, e.granted_at, e.ended_at, e.revocation ->> 'reasonCode' AS reason, v.judged_at
         FROM exemptions e JOIN owner o ON o.tenant_id = e.tenant_id
           LEFT JOIN LATERAL (SELECT max(judged_at) AS judged_at FROM violations
             WHERE exemption_id = e.id AND state = 'confirmed') v ON true
         WHERE e.subscription_id = subscription AND e.state IN ('revoked', 'expired'))
     SELECT
       (SELECT r.id FROM exemption_requests r WHERE r.subscription_id = subscription AND r.moved_at IS NULL
          AND r.filer_left_at IS NULL AND r.state IN ('checking', 'reviewing', 'awaiting-information', 'second-reviewing')),
       l.id, l.state, l.filer_left_at IS NOT NULL,
       (SELECT r.decision FROM exemption_requests r JOIN owner o ON o.tenant_id = r.tenant_id
          WHERE r.subscription_id = subscription AND r.state = 'denied' ORDER BY r.ended_at DESC LIMIT 1),
       x.granted_at, x.ended_at,
       (SELECT max(greatest(ended_at, judged_at)) FROM ended WHERE judged_at IS NOT NULL OR (state = 'revoked'
          AND reason NOT IN ('subscription-moved', 'reseller-changed'))),
       (SELECT max(granted_at) FROM ended WHERE state = 'expired'),
       (SELECT id FROM live WHERE moved_at IS NOT NULL)
     FROM (SELECT 1) one
       LEFT JOIN live l ON l.moved_at IS NULL
       LEFT JOIN LATERAL (SELECT granted_at, ended_at FROM ended WHERE state = 'revoked' ORDER BY ended_at DESC LIMIT 1) x ON true
   $function$
CREATE OR REPLACE FUNCTION public.subscription_standing_unscoped(subscription uuid)
 RETURNS TABLE(live_request uuid, live_exemption uuid, live_exemption_state text, last_denial jsonb, last_revoked_granted_at timestamp with time zone, last_revoked_at timestamp with time zone, last_expired_granted_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
     -- It is the owner's policies that ask for this, so it opens nothing to the role that called.
     SELECT set_config('app.unscoped', 'on', true);
     SELECT
       (SELECT id FROM exemption_requests WHERE subscription_id = subscription
          AND state IN ('checking', 'reviewing', 'awaiting-information', 'second-reviewing')),
       e.id, e.state,
       (SELECT decision FROM exemption_requests WHERE subscription_id = subscription AND state = 'denied' ORDER BY ended_at DESC LIMIT 1),
       r.granted_at, r.ended_at,
       (SELECT granted_at FROM exemptions WHERE subscription_id = subscription AND state = 'expired' ORDER BY granted_at DESC LIMIT 1)
     FROM (SELECT 1) one
       LEFT JOIN LATERAL (SELECT id, state FROM exemptions WHERE subscription_id = subscription
          AND state IN ('enabling', 'effective', 'suspended', 'revoking', 'expiring')) e ON true
       LEFT JOIN LATERAL (SELECT granted_at, ended_at FROM exemptions WHERE subscription_id = subscription
          AND state = 'revoked' ORDER BY ended_at DESC LIMIT 1) r ON true
   $function$
CREATE OR REPLACE FUNCTION public.tenant_of_effect_unscoped(payload jsonb)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
     SELECT set_config('app.unscoped', 'on', true);
     SELECT coalesce(
       CASE WHEN payload ? 'requestId' THEN (SELECT tenant_id FROM exemption_requests WHERE id = (payload ->> 'requestId')::uuid) END,
       CASE WHEN payload ? 'exemptionId' THEN (SELECT tenant_id FROM exemptions WHERE id = (payload ->> 'exemptionId')::uuid) END,
       CASE WHEN payload ? 'restartId' THEN (SELECT tenant_id FROM restarts WHERE id = (payload ->> 'restartId')::uuid) END,
       CASE WHEN payload ? 'subscriptionId' THEN (SELECT tenant_id FROM subscriptions WHERE subscription_id = (payload ->> 'subscriptionId')::uuid) END,
       CASE WHEN payload ? 'proofId' THEN (SELECT tenant_id FROM control_proofs WHERE id = (payload ->> 'proofId')::uuid) END,
       '00000000-0000-0000-0000-000000000000')
   $function$
CREATE OR REPLACE FUNCTION public.without_person(actor jsonb, tenant uuid, object text, pseudonym text)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
     SELECT CASE WHEN actor ->> 'objectId' = object AND actor ->> 'tenantId' = tenant::text
       THEN jsonb_set(actor, '{objectId}', to_jsonb(pseudonym)) ELSE actor END
   $function$

-- Policies: who sees which rows (TO owner: whoever ran the migrations)
address_reviews address_reviews_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
address_reviews address_reviews_not_left forced: ALL TO postern_api USING ((EXISTS ( SELECT
   FROM exemptions ex
  WHERE (ex.id = address_reviews.exemption_id))))
address_reviews address_reviews_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
address_reviews address_reviews_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemptions e
  WHERE (e.id = address_reviews.exemption_id))))) CHECK (false)
claims claims_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
claims claims_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
claims claims_of_tenant forced: ALL TO postern_api USING ((EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = claims.request_id)))) CHECK (false)
conduct_notes conduct_notes_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
conduct_notes conduct_notes_not_left forced: ALL TO postern_api USING ((EXISTS ( SELECT
   FROM exemptions ex
  WHERE (ex.id = conduct_notes.exemption_id))))
conduct_notes conduct_notes_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
conduct_notes conduct_notes_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemptions ex
  WHERE (ex.id = conduct_notes.exemption_id))))) CHECK (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemptions ex
  WHERE (ex.id = conduct_notes.exemption_id)))))
control_proofs control_proofs_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
control_proofs control_proofs_not_left forced: ALL TO postern_api USING ((EXISTS ( SELECT
   FROM subscriptions sb
  WHERE ((sb.subscription_id = control_proofs.subscription_id) AND (sb.tenant_id = control_proofs.tenant_id)))))
control_proofs control_proofs_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
control_proofs control_proofs_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR ((proves_for = app_tenant()) AND (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = control_proofs.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since())))))))) CHECK (((tenant_id = app_tenant()) OR ((proves_for = app_tenant()) AND (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = control_proofs.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since()))))))))
erasable_texts erasable_texts_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
erasable_texts erasable_texts_not_left forced: SELECT TO postern_api USING (((about <> 'exemption'::text) OR (EXISTS ( SELECT
   FROM exemptions ex
  WHERE (ex.id = erasable_texts.about_id)))))
erasable_texts erasable_texts_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
erasable_texts erasable_texts_of_tenant forced: ALL TO postern_api USING (((about = ANY (ARRAY['request'::text, 'exemption'::text])) AND ((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = erasable_texts.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since())))))))) CHECK (((about = ANY (ARRAY['request'::text, 'exemption'::text])) AND ((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = erasable_texts.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since()))))))))
exemption_requests exemption_requests_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
exemption_requests exemption_requests_not_left forced: UPDATE TO postern_api USING (((moved_at IS NULL) AND ((filer_left_at IS NULL) OR (tenant_id = app_tenant()))))
exemption_requests exemption_requests_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
exemption_requests exemption_requests_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR ((filer_tenant_id = app_tenant()) AND (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = exemption_requests.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since())))))))) CHECK (((tenant_id = app_tenant()) OR ((filer_tenant_id = app_tenant()) AND (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = exemption_requests.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since()))))))))
exemptions exemptions_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
exemptions exemptions_not_left forced: ALL TO postern_api USING (((moved_at IS NULL) AND ((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE ((rq.id = exemptions.request_id) AND (rq.filer_left_at IS NULL)))))))
exemptions exemptions_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
exemptions exemptions_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = exemptions.request_id))))) CHECK (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = exemptions.request_id)))))
findings findings_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
findings findings_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
findings findings_of_tenant forced: ALL TO postern_api USING ((EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = findings.request_id)))) CHECK (false)
gates gates_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
gates gates_not_left forced: ALL TO postern_api USING ((EXISTS ( SELECT
   FROM exemptions ex
  WHERE (ex.id = gates.exemption_id))))
gates gates_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
gates gates_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = gates.request_id))))) CHECK (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = gates.request_id)))))
held_mails held_mails_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
held_mails held_mails_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
history history_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
history history_not_left forced: SELECT TO postern_api USING (
CASE aggregate
    WHEN 'request'::text THEN (EXISTS ( SELECT
       FROM exemption_requests rq
      WHERE ((rq.id = history.aggregate_id) AND (((rq.moved_at IS NULL) OR (history.at <= rq.moved_at)) AND ((rq.filer_left_at IS NULL) OR (rq.tenant_id = app_tenant()) OR (history.at <= rq.filer_left_at))))))
    WHEN 'exemption'::text THEN (EXISTS ( SELECT
       FROM exemptions ex
      WHERE (ex.id = history.aggregate_id)))
    WHEN 'restart'::text THEN (EXISTS ( SELECT
       FROM restarts rs
      WHERE (rs.id = history.aggregate_id)))
    WHEN 'gate'::text THEN (EXISTS ( SELECT
       FROM gates gt
      WHERE (gt.id = history.aggregate_id)))
    ELSE false
END)
history history_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
history history_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = history.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since()))))))) CHECK (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = history.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since())))))))
idempotency_keys idempotency_keys_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
idempotency_keys idempotency_keys_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
idempotency_keys idempotency_keys_of_tenant forced: ALL TO postern_api USING ((tenant_id = app_tenant())) CHECK ((tenant_id = app_tenant()))
machine_evidence machine_evidence_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
machine_evidence machine_evidence_not_left forced: ALL TO postern_api USING ((EXISTS ( SELECT
   FROM subscriptions sb
  WHERE ((sb.subscription_id = machine_evidence.subscription_id) AND (sb.tenant_id = machine_evidence.tenant_id)))))
machine_evidence machine_evidence_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
machine_evidence machine_evidence_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = machine_evidence.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since()))))))) CHECK (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = machine_evidence.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since())))))))
machine_evidence machine_evidence_said forced: INSERT TO postern_api USING () CHECK ((kind = 'owner-said'::text))
machines machines_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
machines machines_not_left forced: ALL TO postern_api USING ((EXISTS ( SELECT
   FROM subscriptions sb
  WHERE ((sb.subscription_id = machines.subscription_id) AND (sb.tenant_id = machines.tenant_id)))))
machines machines_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
machines machines_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = machines.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since()))))))) CHECK (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = machines.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since())))))))
notes notes_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
notes notes_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
partner_relationships partner_relationships_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
partner_relationships partner_relationships_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
partner_relationships partner_relationships_of_tenant forced: ALL TO postern_api USING (((partner_tenant_id = app_tenant()) OR (customer_tenant_id = app_tenant()))) CHECK (((partner_tenant_id = app_tenant()) OR (customer_tenant_id = app_tenant())))
people people_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
people people_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
people people_of_tenant forced: ALL TO postern_api USING ((tenant_id = app_tenant())) CHECK ((tenant_id = app_tenant()))
power_operations power_operations_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
power_operations power_operations_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
receipts receipts_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
receipts receipts_not_left forced: SELECT TO postern_api USING (((aggregate <> 'exemption'::text) OR (EXISTS ( SELECT
   FROM exemptions ex
  WHERE (ex.id = receipts.aggregate_id)))))
receipts receipts_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
receipts receipts_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = receipts.request_id))))) CHECK (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = receipts.request_id)))))
registrations registrations_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
registrations registrations_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
request_particulars request_particulars_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
request_particulars request_particulars_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
request_particulars request_particulars_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = request_particulars.request_id))))) CHECK (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = request_particulars.request_id)))))
restart_previews restart_previews_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
restart_previews restart_previews_not_left forced: ALL TO postern_api USING ((EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE ((rq.id = restart_previews.request_id) AND (rq.moved_at IS NULL) AND ((rq.filer_left_at IS NULL) OR (rq.tenant_id = app_tenant()))))))
restart_previews restart_previews_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
restart_previews restart_previews_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = restart_previews.request_id))))) CHECK (false)
restarts restarts_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
restarts restarts_not_left forced: ALL TO postern_api USING ((EXISTS ( SELECT
   FROM exemptions ex
  WHERE (ex.id = restarts.exemption_id))))
restarts restarts_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
restarts restarts_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = restarts.request_id))))) CHECK (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = restarts.request_id)))))
subscriptions subscriptions_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
subscriptions subscriptions_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
subscriptions subscriptions_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = subscriptions.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since()))))))) CHECK (false)
tenants tenants_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
tenants tenants_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
tenants tenants_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = tenants.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since()))))))) CHECK (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM partner_relationships pr
  WHERE ((pr.partner_tenant_id = app_tenant()) AND (pr.customer_tenant_id = tenants.tenant_id) AND (pr.status = 'active'::text) AND (pr.valid_from <= app_now()) AND ((pr.valid_to IS NULL) OR (pr.valid_to > app_now())) AND ((pr.source = 'operator'::text) OR (pr.confirmed_at > app_fresh_since())))))))
timeline_entries timeline_entries_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
timeline_entries timeline_entries_not_left forced: SELECT TO postern_api USING ((EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE ((rq.id = timeline_entries.request_id) AND (((rq.moved_at IS NULL) OR (timeline_entries.at <= rq.moved_at)) AND ((rq.filer_left_at IS NULL) OR (rq.tenant_id = app_tenant()) OR (timeline_entries.at <= rq.filer_left_at)))))))
timeline_entries timeline_entries_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
timeline_entries timeline_entries_of_tenant forced: ALL TO postern_api USING (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = timeline_entries.request_id))))) CHECK (((tenant_id = app_tenant()) OR (EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = timeline_entries.request_id)))))
timelines timelines_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
timelines timelines_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)
timelines timelines_of_tenant forced: ALL TO postern_api USING ((EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = timelines.request_id)))) CHECK ((EXISTS ( SELECT
   FROM exemption_requests rq
  WHERE (rq.id = timelines.request_id))))
violations violations_maintained forced: ALL TO owner USING ((current_setting('app.unscoped'::text, true) = 'on'::text)) CHECK ((current_setting('app.unscoped'::text, true) = 'on'::text))
violations violations_of_staff forced: ALL TO postern_reviewer, postern_worker USING (true) CHECK (true)

-- What the roles may do
postern_api address_reviews: SELECT
postern_api audit_entries: INSERT
postern_api claims, columns: SELECT request_id
postern_api claims: DELETE
postern_api conduct_notes: SELECT
postern_api control_proofs: INSERT, SELECT, UPDATE
postern_api effects, columns: UPDATE asked_again, UPDATE due_at
postern_api effects: INSERT, SELECT
postern_api erasable_texts: INSERT, SELECT
postern_api exemption_requests: INSERT, SELECT, UPDATE
postern_api exemptions: SELECT, UPDATE
postern_api findings, columns: SELECT request_id, SELECT round
postern_api gates: SELECT
postern_api history: INSERT, SELECT
postern_api idempotency_keys: INSERT, SELECT, UPDATE
postern_api machine_evidence: INSERT, SELECT
postern_api machines: SELECT
postern_api partner_relationships: SELECT
postern_api people: INSERT, SELECT
postern_api receipts: SELECT
postern_api request_particulars: INSERT, SELECT, UPDATE
postern_api restart_previews: SELECT
postern_api restarts: SELECT
postern_api subscriptions, columns: UPDATE subscription_id
postern_api subscriptions: SELECT
postern_api tenants: SELECT
postern_api timeline_entries: INSERT, SELECT
postern_api timelines: INSERT, SELECT, UPDATE
postern_app call_buckets: DELETE, INSERT, SELECT, UPDATE
postern_app effects: INSERT, SELECT, UPDATE
postern_app rate_counters: DELETE, INSERT, SELECT, UPDATE
postern_reviewer address_reviews: SELECT
postern_reviewer audit_checkpoints: SELECT
postern_reviewer audit_entries: INSERT, SELECT
postern_reviewer audit_leaves: SELECT
postern_reviewer audit_nodes: SELECT
postern_reviewer audit_retirements: SELECT
postern_reviewer claims: DELETE, INSERT, SELECT, UPDATE
postern_reviewer conduct_notes: INSERT, SELECT, UPDATE
postern_reviewer control_proofs: SELECT
postern_reviewer effects: INSERT, SELECT, UPDATE
postern_reviewer erasable_texts: DELETE, INSERT, SELECT, UPDATE
postern_reviewer exemption_requests: SELECT, UPDATE
postern_reviewer exemptions: INSERT, SELECT, UPDATE
postern_reviewer findings: SELECT
postern_reviewer gates: INSERT, SELECT, UPDATE
postern_reviewer held_mails: SELECT
postern_reviewer history: INSERT, SELECT
postern_reviewer idempotency_keys: DELETE, INSERT, SELECT, UPDATE
postern_reviewer machine_evidence: INSERT, SELECT
postern_reviewer machines: SELECT
postern_reviewer notes: INSERT, SELECT
postern_reviewer partner_relationships: INSERT, SELECT, UPDATE
postern_reviewer people: INSERT, SELECT
postern_reviewer power_operations: SELECT
postern_reviewer receipts: INSERT, SELECT
postern_reviewer registrations: INSERT, SELECT
postern_reviewer request_particulars: DELETE, SELECT, UPDATE
postern_reviewer restart_previews: SELECT
postern_reviewer restarts: SELECT, UPDATE
postern_reviewer subscriptions: INSERT, SELECT, UPDATE
postern_reviewer tenants: INSERT, SELECT, UPDATE
postern_reviewer timeline_entries: INSERT, SELECT
postern_reviewer timelines: INSERT, SELECT, UPDATE
postern_reviewer violations: INSERT, SELECT, UPDATE
postern_worker address_reviews: DELETE, INSERT, SELECT, UPDATE
postern_worker audit_checkpoints: INSERT, SELECT
postern_worker audit_entries: INSERT, SELECT
postern_worker audit_leaves: INSERT, SELECT
postern_worker audit_nodes: INSERT, SELECT
postern_worker audit_retirements: SELECT
postern_worker call_buckets: DELETE, SELECT
postern_worker claims: DELETE, SELECT
postern_worker conduct_notes: INSERT, SELECT, UPDATE
postern_worker control_proofs: INSERT, SELECT, UPDATE
postern_worker effects: DELETE, INSERT, SELECT, UPDATE
postern_worker erasable_texts: INSERT, SELECT
postern_worker exemption_requests: SELECT, UPDATE
postern_worker exemptions: INSERT, SELECT, UPDATE
postern_worker findings: INSERT, SELECT
postern_worker gates: INSERT, SELECT, UPDATE
postern_worker held_mails: DELETE, INSERT, SELECT
postern_worker history: INSERT, SELECT
postern_worker idempotency_keys: DELETE, SELECT
postern_worker machine_evidence: INSERT, SELECT
postern_worker machines: INSERT, SELECT, UPDATE
postern_worker mail_counts: DELETE, INSERT, SELECT, UPDATE
postern_worker notes: SELECT
postern_worker partner_relationships: SELECT
postern_worker people: SELECT
postern_worker power_operations: INSERT, SELECT, UPDATE
postern_worker rate_counters: DELETE, SELECT
postern_worker receipts: INSERT, SELECT
postern_worker registrations: SELECT
postern_worker request_particulars: SELECT
postern_worker restart_previews: DELETE, INSERT, SELECT, UPDATE
postern_worker restarts: INSERT, SELECT, UPDATE
postern_worker subscriptions, columns: UPDATE subscription_id
postern_worker subscriptions: SELECT
postern_worker tenants: SELECT
postern_worker timeline_entries: INSERT, SELECT
postern_worker timelines: INSERT, SELECT, UPDATE
postern_worker violations: SELECT
