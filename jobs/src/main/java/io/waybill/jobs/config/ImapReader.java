package io.waybill.jobs.config;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Tls;
import io.waybill.jobs.MailLogin;
import java.util.Optional;

/** Reads a connection of type {@code imap}: where it is and who logs in. */
final class ImapReader {
  private final Section section;
  private final Problems problems;

  ImapReader(Section section, Problems problems) {
    this.section = section;
    this.problems = problems;
  }

  /** Reads it; empty if something is wrong. */
  Optional<Connection> read(String name) {
    MailServerReader where = new MailServerReader(section, problems, MailProtocol.IMAP);
    Optional<Tls> tls = where.tls();
    Optional<ServerReader.Address> address = where.address(tls.orElse(Tls.OFF));
    Optional<Connection.Trust> trust =
        tls.flatMap(kind -> new TrustReader(section, problems).trust(kind != Tls.OFF));
    Optional<MailLogin> login = new MailLoginReader(section, problems).read();
    CheckedKeys keys = new CheckedKeys(section, problems);
    Optional<Connection.Proxy> proxy = new ProxyReader(keys).proxy();
    Optional<Boolean> isCompressed = section.flag("compress");
    boolean right = keys.isRight() && isCompressed.isPresent();
    if (address.isEmpty() || tls.isEmpty() || trust.isEmpty() || login.isEmpty() || !right) {
      return Optional.empty();
    }
    ServerReader.Address at = address.get();
    new ServerReader(section, problems)
        .warnIfClear(tls.get(), at, MailLoginReader.secretOf(login.get()));
    return Optional.of(
        new Connection.Mailbox(
            name,
            at.host(),
            at.port(),
            tls.get(),
            trust.get(),
            login.get(),
            isCompressed.get(),
            proxy));
  }
}
