-- One row for each message that was ever enqueued; its key makes enqueuing idempotent.
CREATE TABLE wb_mail_outbox (
  id              CHAR(26)                    NOT NULL PRIMARY KEY,
  dedupe_key      VARCHAR(512)                NOT NULL,
  state           VARCHAR(16)                 NOT NULL,
  owner           VARCHAR(255)                NOT NULL,
  fence           BIGINT                      NOT NULL,
  attempts        INTEGER                     NOT NULL,
  message_id      VARCHAR(998)                NOT NULL,
  sender          VARCHAR(512)                NOT NULL,
  subject         VARCHAR(255)                NOT NULL,
  size_bytes      BIGINT                      NOT NULL,
  sha256          CHAR(72)                    NOT NULL,
  enqueued_at     TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  updated_at      TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  next_attempt_at TIMESTAMP(6) WITH TIME ZONE,
  last_error      VARCHAR(2000),
  CONSTRAINT wb_mail_outbox_dedupe UNIQUE (dedupe_key)
);

CREATE INDEX wb_mail_outbox_state ON wb_mail_outbox (state, id);

-- What is known about each recipient of the envelope.
CREATE TABLE wb_mail_outbox_recipient (
  outbox_id  CHAR(26)     NOT NULL REFERENCES wb_mail_outbox (id) ON DELETE CASCADE,
  idx        INTEGER      NOT NULL,
  address    VARCHAR(512) NOT NULL,
  status     VARCHAR(16)  NOT NULL,
  phase      VARCHAR(16)  NOT NULL,
  reply_code INTEGER,
  reply_text VARCHAR(2000),
  PRIMARY KEY (outbox_id, idx)
);

-- The frozen bytes in rows of 256 KiB, so that any node can send them.
CREATE TABLE wb_mail_outbox_chunk (
  outbox_id CHAR(26) NOT NULL REFERENCES wb_mail_outbox (id) ON DELETE CASCADE,
  idx       INTEGER  NOT NULL,
  bytes     BYTEA NOT NULL,
  PRIMARY KEY (outbox_id, idx)
);
