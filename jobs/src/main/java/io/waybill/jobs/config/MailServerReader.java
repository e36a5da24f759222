package io.waybill.jobs.config;

import io.waybill.jobs.Connection.Tls;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailProvider;
import java.util.Optional;

/**
 * Reads where a mail server is and how the way there is protected; what is not said there, its
 * provider says.
 */
final class MailServerReader {
  private final Section section;
  private final MailProtocol protocol;
  private final ServerReader server;
  private final Optional<MailProvider> provider;

  MailServerReader(Section section, Problems problems, MailProtocol protocol) {
    this.section = section;
    this.protocol = protocol;
    this.server = new ServerReader(section, problems);
    this.provider =
        section
            .text("provider")
            .flatMap(MailProvider::named)
            .filter(large -> large != MailProvider.GENERIC);
  }

  MailProvider provider() {
    return provider.orElse(MailProvider.GENERIC);
  }

  /** Reads the protection; empty if it is wrong. */
  Optional<Tls> tls() {
    return section.has("tls") || provider.isEmpty()
        ? server.tls()
        : Optional.of(tlsOf(account(provider.get())));
  }

  /** Reads the address; empty if something is wrong. */
  Optional<ServerReader.Address> address(Tls tls) {
    if (section.has("provider") && section.text("provider").isEmpty()) {
      return Optional.empty(); // what the host of an unknown one would be is not known
    }
    // a port of a provider is for the protection that goes with it
    int port =
        provider
            .map(this::account)
            .filter(account -> tlsOf(account) == tls)
            .map(account -> account.port().orElse(protocol.port(tls)))
            .orElse(protocol.port(tls));
    Optional<String> known =
        section.has("host") ? Optional.empty() : provider.flatMap(protocol::host);
    return server.address(known.or(server::host), port);
  }

  private MailAccount account(MailProvider large) {
    return protocol.account(large).host(protocol.host(large).orElse("its.host")).build();
  }

  private static Tls tlsOf(MailAccount account) {
    return switch (account.security()) {
      case IMPLICIT_TLS -> Tls.IMPLICIT;
      case STARTTLS -> Tls.STARTTLS;
      case PLAINTEXT -> Tls.OFF;
    };
  }
}
