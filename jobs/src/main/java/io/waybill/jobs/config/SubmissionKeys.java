package io.waybill.jobs.config;

import static io.waybill.jobs.ValueType.Scalar.CONNECTION;
import static io.waybill.jobs.ValueType.Scalar.INTEGER;
import static io.waybill.jobs.ValueType.Scalar.TEXT;

import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import java.util.List;

/** The keys that only connections of type {@code smtp} have: how mail is handed over. */
final class SubmissionKeys {
  private static final ValueType.Group DKIM =
      new ValueType.Group(
          List.of(
              Key.required("domain", TEXT, "Which domain vouches for the message.")
                  .withExample("acme.example"),
              Key.required(
                      "selector",
                      TEXT,
                      "Under which name below _domainkey its public key is found.")
                  .withExample("s1"),
              Key.secret("key", "The private key as PEM text, RSA or Ed25519; needed.")));

  private static final ValueType.Group SENT_COPY =
      new ValueType.Group(
          List.of(
              Key.required("mailbox", CONNECTION, "The imap connection.").withExample("mailbox"),
              Key.optional(
                      "folder",
                      TEXT,
                      "The folder; if not given the one that the server marks for sent mail, else Sent, which is made.")
                  .withExample("Sent"),
              Key.optional(
                  "when",
                  new ValueType.OneOf(List.of("auto", "append", "never")),
                  "auto",
                  "auto looks first whether the server has filed it, and is never with a provider that files by itself.")));

  /** What is said of messages and of how many there may be. */
  static final List<Key> OF_MESSAGES =
      List.of(
          Key.optional(
                  "ehlo",
                  TEXT,
                  "How this machine calls itself there: its full name; an address literal if not given.")
              .withExample("robot.acme.example"),
          Key.optional(
                  "message-id-domain",
                  TEXT,
                  "What stands on the right of Message-IDs; the author's domain if not given.")
              .withExample("acme.example"),
          Key.optional(
                  "max-connections",
                  INTEGER,
                  "How many connections may be open at a time; the provider's number, else 4.")
              .withExample("2"),
          Key.optional(
                  "messages-per-connection",
                  INTEGER,
                  "After how many messages a connection is replaced; 100 if not given.")
              .withExample("50"),
          Key.optional(
                  "recipients-per-message",
                  INTEGER,
                  "How many recipients go in one transaction; the provider's number, else 100, and fewer where the server says so.")
              .withExample("50"),
          Key.optional(
                  "messages-per-minute",
                  INTEGER,
                  "How many messages may go out in any minute; the provider's number, else 0: any.")
              .withExample("60"),
          Key.optional(
                  "recipients-per-day",
                  INTEGER,
                  "How many recipients may be addressed in any 24 hours; the provider's number, else 0: any.")
              .withExample("2000"),
          Key.optional(
              "dkim", new ValueType.ListOf(DKIM), "Signatures put on each message, in order."),
          Key.optional("sent-copy", SENT_COPY, "Where copies of what was sent are kept."));

  private SubmissionKeys() {}
}
