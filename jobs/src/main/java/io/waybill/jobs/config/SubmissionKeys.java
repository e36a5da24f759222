package io.waybill.jobs.config;

import static io.waybill.jobs.ValueType.Scalar.CONNECTION;
import static io.waybill.jobs.ValueType.Scalar.INTEGER;
import static io.waybill.jobs.ValueType.Scalar.TEXT;

import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import io.waybill.mail.MailProvider;
import java.util.List;

/** The keys that only connections of type {@code smtp} have: how mail is handed over. */
final class SubmissionKeys {
  /** Mechanisms that take an access token. */
  static final List<String> FOR_TOKENS = List.of("xoauth2", "oauthbearer");

  private static final ValueType.OneOf MECHANISM =
      new ValueType.OneOf(
          List.of("plain", "login", "cram-md5", "scram-sha-256", "xoauth2", "oauthbearer"));

  private static final ValueType.Group OAUTH =
      new ValueType.Group(
          List.of(
              Key.optional(
                  "provider",
                  new ValueType.OneOf(List.of("google", "microsoft")),
                  "Who gives the tokens; this or an endpoint is needed."),
              Key.optional(
                  "endpoint", TEXT, "Where tokens are asked for: https, or http on this machine."),
              Key.optional(
                  "tenant",
                  TEXT,
                  "For microsoft: the directory's id or domain; common if not given."),
              Key.required(
                  "client-id", TEXT, "As what the program is registered with the provider."),
              Key.secret("client-secret", "What proves it; a public client has none."),
              Key.secret(
                  "refresh-token",
                  "The first one, had when the user agreed; those that follow it are kept in the state directory. Without one the client acts for itself."),
              Key.optional(
                  "scope",
                  TEXT,
                  "What is asked for; what is usual at the provider if not given.")));

  private static final ValueType.Group DKIM =
      new ValueType.Group(
          List.of(
              Key.required("domain", TEXT, "Which domain vouches for the message."),
              Key.required(
                  "selector", TEXT, "Under which name below _domainkey its public key is found."),
              Key.secret("key", "The private key as PEM text, RSA or Ed25519; needed.")));

  private static final ValueType.Group SENT_COPY =
      new ValueType.Group(
          List.of(
              Key.required("mailbox", CONNECTION, "The imap connection."),
              Key.optional(
                  "folder",
                  TEXT,
                  "The folder; if not given the one that the server marks for sent mail, else Sent, which is made."),
              Key.optional(
                  "when",
                  new ValueType.OneOf(List.of("auto", "append", "never")),
                  "auto",
                  "auto looks first whether the server has filed it, and is never with a provider that files by itself.")));

  static final Key PROVIDER =
      Key.optional(
          "provider",
          new ValueType.OneOf(MailProvider.all().stream().map(MailProvider::name).toList()),
          "A large one, whose host, port, protection and limits hold where nothing else is said; generic is as none.");

  static final Key AUTH =
      Key.optional("auth", MECHANISM, "Log in by this only; else by the best that is offered.");

  static final Key OAUTH_KEY =
      Key.optional("oauth", OAUTH, "Access tokens that prove the user, instead of a password.");

  /** What is said of messages and of how many there may be. */
  static final List<Key> OF_MESSAGES =
      List.of(
          Key.optional(
              "ehlo",
              TEXT,
              "How this machine calls itself there: its full name; an address literal if not given."),
          Key.optional(
              "message-id-domain",
              TEXT,
              "What stands on the right of Message-IDs; the author's domain if not given."),
          Key.optional(
              "max-connections",
              INTEGER,
              "How many connections may be open at a time; the provider's number, else 4."),
          Key.optional(
              "messages-per-connection",
              INTEGER,
              "After how many messages a connection is replaced; 100 if not given."),
          Key.optional(
              "recipients-per-message",
              INTEGER,
              "How many recipients go in one transaction; the provider's number, else 100, and fewer where the server says so."),
          Key.optional(
              "messages-per-minute",
              INTEGER,
              "How many messages may go out in any minute; the provider's number, else 0: any."),
          Key.optional(
              "recipients-per-day",
              INTEGER,
              "How many recipients may be addressed in any 24 hours; the provider's number, else 0: any."),
          Key.optional(
              "dkim", new ValueType.ListOf(DKIM), "Signatures put on each message, in order."),
          Key.optional("sent-copy", SENT_COPY, "Where copies of what was sent are kept."));

  private SubmissionKeys() {}
}
