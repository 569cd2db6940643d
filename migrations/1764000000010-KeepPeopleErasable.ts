import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a person is in the audit trail: a salted commitment, which says nothing once its salt is gone. What they wrote
 * knows its author and its commitment, decisions have receipts, and one function erases a person (docs/privacy.md).
 */
export class KeepPeopleErasable1764000000010 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = '5s'`);
    for (const statement of [...people, ...words, ...receipts, ...guards, ...before])
      await queryRunner.query(statement);
    for (const statement of [...erasing, ...grants]) await queryRunner.query(statement);
  }

  async down(): Promise<void> {
    // Migrations are append-only: a mistake is mended by the next one.
  }
}

const people = [
  // 32 bytes, of which 244 bits are drawn by lot: whoever guesses an object id cannot try it without them.
  `CREATE FUNCTION fresh_salt() RETURNS bytea LANGUAGE sql VOLATILE AS
   $$ SELECT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) $$`,
  `CREATE FUNCTION person_commitment(salt bytea, tenant uuid, object text) RETURNS text LANGUAGE sql STABLE AS
   $$ SELECT encode(sha256(salt || convert_to('["' || tenant || '",' || to_json(object)::text || ']', 'UTF8')), 'hex') $$`,
  `CREATE TABLE people (
     tenant_id uuid NOT NULL,
     object_id text NOT NULL,
     salt bytea NOT NULL,
     commitment text NOT NULL,
     CONSTRAINT people_pk PRIMARY KEY (tenant_id, object_id),
     CONSTRAINT people_commitment_once UNIQUE (commitment)
   )`,
  // Found or made where the entry is written: no cache that outlives an erasure, and no further round trip.
  `CREATE FUNCTION audit_actor(actor jsonb) RETURNS jsonb LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
   END $$`,
];

const words = [
  `ALTER TABLE erasable_texts ADD COLUMN author_tenant_id uuid, ADD COLUMN author_object_id text, ADD COLUMN salt bytea`,
  `CREATE INDEX erasable_texts_by_author ON erasable_texts (author_tenant_id, author_object_id) WHERE author_object_id IS NOT NULL`,
  `ALTER TABLE request_particulars ADD COLUMN salt bytea, ADD COLUMN commitment text`,
  `ALTER TABLE request_particulars ADD CONSTRAINT request_particulars_committed CHECK ((salt IS NULL) = (commitment IS NULL))`,
];

const receipts = [
  `CREATE TABLE receipts (
     aggregate text NOT NULL,
     aggregate_id uuid NOT NULL,
     version integer NOT NULL,
     tenant_id uuid NOT NULL,
     request_id uuid NOT NULL,
     decision text NOT NULL,
     at timestamptz NOT NULL,
     receipt text NOT NULL,
     CONSTRAINT receipts_pk PRIMARY KEY (aggregate, aggregate_id, version),
     CONSTRAINT receipts_request_fk FOREIGN KEY (request_id) REFERENCES exemption_requests (id),
     CONSTRAINT receipts_decision_known CHECK (decision IN ('approved', 'denied', 'suspended', 'reinstated', 'revoked'))
   )`,
  `CREATE TRIGGER receipts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON receipts
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()`,
];

/** Nobody rewrites history, the owner's commands included, but an erasure, and it only puts a pseudonym for a person. */
const guards = [
  `DROP TRIGGER history_append_only ON history`,
  `CREATE TRIGGER history_append_only BEFORE DELETE OR TRUNCATE ON history
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()`,
  `CREATE TRIGGER history_rewritten_by_erasure BEFORE UPDATE ON history
     FOR EACH STATEMENT WHEN (current_setting('app.erasure', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION refuse_rewriting()`,
  `CREATE TRIGGER history_loses_names_only BEFORE UPDATE ON history FOR EACH ROW
     WHEN (to_jsonb(NEW) - 'actor' IS DISTINCT FROM to_jsonb(OLD) - 'actor'
       OR NEW.actor - 'objectId' IS DISTINCT FROM OLD.actor - 'objectId'
       OR NEW.actor ->> 'objectId' NOT LIKE 'erased-%')
     EXECUTE FUNCTION refuse_rewriting()`,
];

/** Entries and texts of before: there is no release with them, only databases of development. */
const before = [
  `ALTER TABLE audit_entries DISABLE TRIGGER USER`,
  `UPDATE audit_entries SET actor = audit_actor(actor) WHERE actor ? 'objectId' AND NOT EXISTS (SELECT FROM audit_leaves)`,
  `ALTER TABLE audit_entries ENABLE TRIGGER USER`,
  `UPDATE erasable_texts t SET author_tenant_id = (h.actor ->> 'tenantId')::uuid, author_object_id = h.actor ->> 'objectId'
     FROM history h WHERE h.aggregate_id = t.about_id AND position(t.id::text IN h.event::text) > 0`,
  `UPDATE erasable_texts t SET author_tenant_id = (n.by ->> 'tenantId')::uuid, author_object_id = n.by ->> 'objectId'
     FROM notes n WHERE n.text_id = t.id`,
];

const erasing = [
  `CREATE FUNCTION without_person(actor jsonb, tenant uuid, object text, pseudonym text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
     SELECT CASE WHEN actor ->> 'objectId' = object AND actor ->> 'tenantId' = tenant::text
       THEN jsonb_set(actor, '{objectId}', to_jsonb(pseudonym)) ELSE actor END
   $$`,
  // Each of a person's writing transactions holds it shared from its beginning, an erasure alone.
  `CREATE FUNCTION person_key(tenant uuid, object text) RETURNS bigint LANGUAGE sql IMMUTABLE AS
   $$ SELECT hashtextextended('person ' || tenant || ' ' || object, 0) $$`,
  // What texts can be about that belongs to requests.
  `CREATE FUNCTION concerned_by(requests uuid[]) RETURNS TABLE (id uuid) LANGUAGE sql STABLE AS $$
     SELECT unnest(requests)
     UNION ALL SELECT e.id FROM exemptions e WHERE e.request_id = ANY (requests)
     UNION ALL SELECT s.id FROM restarts s WHERE s.request_id = ANY (requests)
     UNION ALL SELECT n.id FROM notes n WHERE n.request_id = ANY (requests)
     UNION ALL SELECT v.id FROM violations v JOIN exemptions e ON e.id = v.exemption_id WHERE e.request_id = ANY (requests)
   $$`,
  // Who answered a question may have described the mail anew in somebody else's request.
  `CREATE FUNCTION erase_words_of(filed uuid[], answered uuid[]) RETURNS void LANGUAGE sql AS $$
     UPDATE request_particulars SET salt = NULL, commitment = NULL, sending = sending || '{"optIn": null, "bounceHandling": null, "abuseContact": null}'
       WHERE request_id = ANY (filed || answered);
     UPDATE request_particulars SET justification = NULL, contact = NULL, contact_hash = NULL, consent = NULL WHERE request_id = ANY (filed);
   $$`,
  // Somebody who has no account: a request goes on without its contact.
  `CREATE FUNCTION erase_contact_unscoped(hash text, address text) RETURNS TABLE (requests integer, texts integer)
   LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
   END $$`,
  `CREATE FUNCTION erase_person_unscoped(tenant uuid, object text) RETURNS TABLE (pseudonym text, requests integer, texts integer, lines integer)
   LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
         suspension = CASE WHEN e.suspension IS NOT NULL THEN jsonb_set(e.suspension, '{by}', without_person(e.suspension -> 'by', tenant, object, pseudonym)) END,
         revocation = CASE WHEN e.revocation IS NOT NULL THEN jsonb_set(e.revocation, '{by}', without_person(e.revocation -> 'by', tenant, object, pseudonym)) END
       WHERE object IN (e.granted_by ->> 'objectId', e.suspension -> 'by' ->> 'objectId', e.revocation -> 'by' ->> 'objectId')
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
   END $$`,
];

const grants = [
  `REVOKE ALL ON FUNCTION erase_words_of, erase_person_unscoped, erase_contact_unscoped FROM PUBLIC`,
  `GRANT EXECUTE ON FUNCTION erase_person_unscoped, erase_contact_unscoped TO postern_app`,
  `GRANT SELECT, INSERT ON people, receipts TO postern_app`,
];
