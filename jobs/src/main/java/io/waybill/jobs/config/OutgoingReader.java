package io.waybill.jobs.config;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Tls;
import io.waybill.jobs.Submission;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailProvider;
import java.util.Optional;

/** Reads a connection of type {@code smtp}: where it is and who logs in. */
final class OutgoingReader {
  private final Section section;
  private final Problems problems;
  private final ServerReader server;

  OutgoingReader(Section section, Problems problems) {
    this.section = section;
    this.problems = problems;
    this.server = new ServerReader(section, problems);
  }

  /** Reads it; empty if something is wrong. */
  Optional<Connection> read(String name) {
    boolean isProviderRight = !section.has("provider") || section.text("provider").isPresent();
    Optional<MailProvider> provider =
        section
            .text("provider")
            .flatMap(MailProvider::named)
            .filter(large -> large != MailProvider.GENERIC);
    Optional<Tls> tls = tls(provider);
    Optional<ServerReader.Address> address =
        isProviderRight ? address(provider, tls.orElse(Tls.OFF)) : Optional.empty();
    Login login = login();
    Optional<String> from = section.text("from");
    Optional<Submission> submission =
        tls.flatMap(
            kind ->
                new SubmissionReader(section, problems, provider.orElse(MailProvider.GENERIC))
                    .read(login.oauth(), kind != Tls.OFF));
    boolean right = login.isRight() && (from.isPresent() || !section.has("from"));
    if (address.isEmpty() || tls.isEmpty() || submission.isEmpty() || !right) {
      return Optional.empty();
    }
    ServerReader.Address at = address.get();
    if (!login.isAnonymous()) {
      server.warnIfClear(tls.get(), at);
    }
    return Optional.of(
        new Connection.Outgoing(
            name, at.host(), at.port(), tls.get(), login.password(), from, submission.get()));
  }

  /** Who logs in, and by what; nobody if there is neither, which can be a mistake. */
  private record Login(
      Optional<Connection.Login> password, Optional<Submission.OAuth> oauth, boolean isRight) {
    static final Login WRONG = new Login(Optional.empty(), Optional.empty(), false);

    boolean isAnonymous() {
      return password.isEmpty() && oauth.isEmpty();
    }
  }

  private Login login() {
    if (section.has("oauth")) {
      return tokens();
    }
    if (!section.has("user") && !section.has("password")) {
      return new Login(Optional.empty(), Optional.empty(), true);
    }
    Optional<Connection.Login> login = server.login("password");
    return new Login(login, Optional.empty(), login.isPresent());
  }

  private Login tokens() {
    if (section.has("password")) {
      problems.error(
          section.origin("password"),
          "\"password\" and \"oauth\" are two ways to log in; write one of them");
      return Login.WRONG;
    }
    if (!section.has("user")) {
      server.missing("user", " that has an \"oauth\"");
    }
    Optional<Submission.OAuth> oauth =
        section
            .section("oauth", LaterKeys.none())
            .flatMap(
                group -> new OAuthReader(group, problems).read(section.text("user").orElse("")));
    return section.text("user").isPresent() && oauth.isPresent()
        ? new Login(Optional.empty(), oauth, true)
        : Login.WRONG;
  }

  private Optional<Tls> tls(Optional<MailProvider> provider) {
    return section.has("tls") || provider.isEmpty()
        ? server.tls()
        : Optional.of(tlsOf(account(provider.get())));
  }

  private Optional<ServerReader.Address> address(Optional<MailProvider> provider, Tls tls) {
    int usualPort =
        switch (tls) {
          case IMPLICIT -> 465;
          case STARTTLS -> 587;
          case OFF -> 25;
        };
    // a port of a provider is for the protection that goes with it
    int port =
        provider
            .map(OutgoingReader::account)
            .filter(account -> tlsOf(account) == tls)
            .map(account -> account.port().orElse(usualPort))
            .orElse(usualPort);
    Optional<String> known = section.has("host") ? Optional.empty() : hostOf(provider);
    return server.address(known.or(server::host), port);
  }

  private static Optional<String> hostOf(Optional<MailProvider> provider) {
    return provider.flatMap(MailProvider::smtpHost);
  }

  private static MailAccount account(MailProvider provider) {
    return provider.smtp().host(provider.smtpHost().orElse("its.host")).build();
  }

  private static Tls tlsOf(MailAccount account) {
    return switch (account.security()) {
      case IMPLICIT_TLS -> Tls.IMPLICIT;
      case STARTTLS -> Tls.STARTTLS;
      case PLAINTEXT -> Tls.OFF;
    };
  }
}
