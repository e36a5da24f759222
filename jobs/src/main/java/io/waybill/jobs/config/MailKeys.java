package io.waybill.jobs.config;

import static io.waybill.jobs.ValueType.Scalar.TEXT;

import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import io.waybill.mail.MailProvider;
import java.util.List;
import java.util.function.Predicate;

/** The keys that connections of the types {@code imap} and {@code smtp} share: who logs in. */
final class MailKeys {
  /** Mechanisms that take an access token. */
  static final List<String> FOR_TOKENS = List.of("xoauth2", "oauthbearer");

  private static final ValueType.OneOf MECHANISM =
      new ValueType.OneOf(
          List.of("plain", "login", "cram-md5", "scram-sha-256", "xoauth2", "oauthbearer"));

  private static final ValueType.Group OAUTH_GROUP =
      new ValueType.Group(
          List.of(
              Key.optional(
                  "provider",
                  new ValueType.OneOf(List.of("google", "microsoft")),
                  "Who gives the tokens; this or an endpoint is needed."),
              Key.optional(
                      "endpoint",
                      TEXT,
                      "Where tokens are asked for: https, or http on this machine.")
                  .withExample("https://login.acme.example/token"),
              Key.optional(
                      "tenant",
                      TEXT,
                      "For microsoft: the directory's id or domain; common if not given.")
                  .withExample("acme.example"),
              Key.required(
                      "client-id", TEXT, "As what the program is registered with the provider.")
                  .withExample("5b1c0a7e-waybill"),
              Key.secret("client-secret", "What proves it; a public client has none."),
              Key.secret(
                  "refresh-token",
                  "The first one, had when the user agreed; those that follow it are kept in the state directory. Without one the client acts for itself."),
              Key.optional(
                      "scope",
                      TEXT,
                      "What is asked for; what is usual at the provider if not given.")
                  .withExample("https://mail.google.com/")));

  static final Key AUTH =
      Key.optional("auth", MECHANISM, "Log in by this only; else by the best that is offered.");

  static final Key OAUTH =
      Key.optional(
          "oauth", OAUTH_GROUP, "Access tokens that prove the user, instead of a password.");

  /** Who mail is handed to, with what such a provider bears. */
  static final Key SMTP_PROVIDER =
      provider(
          any -> true,
          "A large one, whose host, port, protection and limits hold where nothing else is said; generic is as none.");

  /** Who has mailboxes; one that only sends is none. */
  static final Key IMAP_PROVIDER =
      provider(
          each -> each == MailProvider.GENERIC || each.imapHost().isPresent(),
          "A large one, whose host, port and protection hold where nothing else is said; generic is as none.");

  private MailKeys() {}

  private static Key provider(Predicate<MailProvider> which, String doc) {
    return Key.optional(
        "provider",
        new ValueType.OneOf(
            MailProvider.all().stream().filter(which).map(MailProvider::name).toList()),
        doc);
  }
}
