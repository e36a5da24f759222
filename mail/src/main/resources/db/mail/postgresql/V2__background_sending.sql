-- What a node needs to send an entry by itself, and to see that another no longer does.
ALTER TABLE wb_mail_outbox ADD COLUMN account      VARCHAR(255) DEFAULT '' NOT NULL;
ALTER TABLE wb_mail_outbox ADD COLUMN encoding     VARCHAR(16) DEFAULT 'SEVEN_BIT' NOT NULL;
ALTER TABLE wb_mail_outbox ADD COLUMN dsn_events   VARCHAR(64);
ALTER TABLE wb_mail_outbox ADD COLUMN dsn_content  VARCHAR(8);
ALTER TABLE wb_mail_outbox ADD COLUMN dsn_envelope VARCHAR(100);
ALTER TABLE wb_mail_outbox ADD COLUMN deferrals    INTEGER DEFAULT 0 NOT NULL;
ALTER TABLE wb_mail_outbox ADD COLUMN expires_at   TIMESTAMP(6) WITH TIME ZONE;
ALTER TABLE wb_mail_outbox ADD COLUMN lease_until  TIMESTAMP(6) WITH TIME ZONE;

UPDATE wb_mail_outbox SET expires_at = enqueued_at + INTERVAL '1' DAY WHERE state IN ('QUEUED', 'SENDING', 'DEFERRED');

-- One index for both, because each change of state is a change of every index that begins with it.
DROP INDEX wb_mail_outbox_state;
CREATE INDEX wb_mail_outbox_due ON wb_mail_outbox (state, account, id);
