package io.waybill.jobs.config;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Tls;
import io.waybill.jobs.MailLogin;
import io.waybill.jobs.Submission;
import java.util.Optional;

/** Reads a connection of type {@code smtp}: where it is and who logs in. */
final class OutgoingReader {
  private final Section section;
  private final Problems problems;

  OutgoingReader(Section section, Problems problems) {
    this.section = section;
    this.problems = problems;
  }

  /** Reads it; empty if something is wrong. */
  Optional<Connection> read(String name) {
    MailServerReader where = new MailServerReader(section, problems, MailProtocol.SMTP);
    Optional<Tls> tls = where.tls();
    Optional<ServerReader.Address> address = where.address(tls.orElse(Tls.OFF));
    MailLoginReader who = new MailLoginReader(section, problems);
    Optional<MailLogin> login = who.isAnonymous() ? Optional.empty() : who.read();
    Optional<String> from = section.text("from");
    Optional<Submission> submission =
        tls.flatMap(
            kind ->
                new SubmissionReader(section, problems, where.provider()).read(kind != Tls.OFF));
    boolean right =
        who.isAnonymous() != login.isPresent() && (from.isPresent() || !section.has("from"));
    if (address.isEmpty() || tls.isEmpty() || submission.isEmpty() || !right) {
      return Optional.empty();
    }
    ServerReader.Address at = address.get();
    login.ifPresent(
        someone ->
            new ServerReader(section, problems)
                .warnIfClear(tls.get(), at, MailLoginReader.secretOf(someone)));
    return Optional.of(
        new Connection.Outgoing(
            name, at.host(), at.port(), tls.get(), login, from, submission.get()));
  }
}
