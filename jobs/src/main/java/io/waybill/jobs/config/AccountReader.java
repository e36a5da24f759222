package io.waybill.jobs.config;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Tls;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads one connection whose keys have been checked. */
final class AccountReader {
  private static final int FTP_PORT = 21;
  private static final int FTPS_PORT = 990;
  private static final int SSH_PORT = 22;
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int HUB_PORT = 7400;

  private final String name;
  private final Section section;
  private final Problems problems;
  private final ZoneId zone;
  private final ServerReader server;

  AccountReader(String name, Section section, Problems problems, ZoneId zone) {
    this.name = name;
    this.section = section;
    this.problems = problems;
    this.zone = zone;
    this.server = new ServerReader(section, problems);
  }

  private Optional<Connection.Line> line() {
    return new LineReader(section, problems, zone).line();
  }

  /** Reads a connection of a known type; empty if something in it is wrong. */
  Optional<Connection> read(String type) {
    section.text("type");
    return switch (type) {
      case "ftp", "ftps" -> ftp();
      case "sftp" -> sftp();
      case "http" -> web(false);
      case "https" -> web(true);
      case "waybill" -> hub();
      case "imap" -> new ImapReader(section, problems).read(name);
      case "smtp" -> new OutgoingReader(section, problems).read(name);
      default -> throw new IllegalArgumentException("no reader for connections of type " + type);
    };
  }

  private Optional<Connection> ftp() {
    Optional<Tls> tls = section.text("tls").map(AccountReader::ftpTls);
    Optional<ServerReader.Address> address =
        server.address(tls.orElse(Tls.OFF) == Tls.IMPLICIT ? FTPS_PORT : FTP_PORT);
    Optional<Connection.Trust> trust =
        tls.flatMap(word -> new TrustReader(section, problems).trust(word != Tls.OFF));
    Optional<Connection.Login> login = server.login("password");
    Optional<Connection.Line> line = line();
    if (address.isEmpty() || trust.isEmpty() || login.isEmpty() || line.isEmpty()) {
      return Optional.empty();
    }
    ServerReader.Address at = address.get();
    server.warnIfClear(tls.get(), at);
    return Optional.of(
        new Connection.Ftp(
            name,
            at.host(),
            at.port(),
            tls.get(),
            trust.get(),
            login.get().user(),
            login.get().password(),
            line.get()));
  }

  private Optional<Connection> sftp() {
    Optional<ServerReader.Address> address = server.address(SSH_PORT);
    Optional<String> user = section.text("user");
    Optional<Connection.Line> line = line();
    SshReader ssh = new SshReader(section, problems);
    Optional<Connection.SshLogin> login = ssh.login();
    Optional<Connection.HostKeys> keys = ssh.hostKeys();
    if (address.isEmpty()
        || user.isEmpty()
        || line.isEmpty()
        || login.isEmpty()
        || keys.isEmpty()) {
      return Optional.empty();
    }
    ServerReader.Address at = address.get();
    return Optional.of(
        new Connection.Sftp(
            name, at.host(), at.port(), user.get(), login.get(), keys.get(), line.get()));
  }

  private Optional<Connection> web(boolean isTls) {
    Optional<ServerReader.Address> address = server.address(isTls ? HTTPS_PORT : HTTP_PORT);
    Optional<Connection.Trust> trust =
        isTls
            ? new TrustReader(section, problems).trust(true)
            : Optional.of(new Connection.Trust.Plaintext());
    Optional<Connection.Line> line = line();
    boolean isAnonymous = !section.has("user") && !section.has("password") && !section.has("token");
    Optional<Connection.WebLogin> login = isAnonymous ? Optional.empty() : webLogin();
    if (address.isEmpty()
        || trust.isEmpty()
        || line.isEmpty()
        || isAnonymous == login.isPresent()) {
      return Optional.empty();
    }
    ServerReader.Address at = address.get();
    if (!isTls && !isAnonymous) {
      server.warnIfClear(Tls.OFF, at);
    }
    return Optional.of(
        new Connection.Web(
            name, at.host(), at.port(), trust.get(), login, !isAnonymous, line.get()));
  }

  private Optional<Connection.WebLogin> webLogin() {
    if (!section.has("token")) {
      return server
          .login("password")
          .map(who -> new Connection.WebLogin.Basic(who.user(), who.password()));
    }
    if (section.has("user") || section.has("password")) {
      problems.error(
          section.valueOrigin("token"),
          "\"token\" and \"user\" are two ways to log in; write one of them");
      return Optional.empty();
    }
    return section.secret("token").map(Connection.WebLogin.Bearer::new);
  }

  private static Tls ftpTls(String word) {
    return word.equals("explicit") ? Tls.STARTTLS : Tls.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private Optional<Connection> hub() {
    Optional<ServerReader.Address> address = server.address(HUB_PORT);
    HubReader hub = new HubReader(section, problems);
    Optional<Connection.Trust> trust = hub.trust();
    Optional<Connection.HubLogin> login =
        hub.hasCertificate()
            ? hub.certificate()
            : server
                .login("key")
                .map(who -> new Connection.HubLogin.Key(who.user(), who.password()));
    Optional<Connection.Line> line = line();
    if (address.isEmpty() || trust.isEmpty() || login.isEmpty() || line.isEmpty()) {
      return Optional.empty();
    }
    ServerReader.Address at = address.get();
    if (trust.get() instanceof Connection.Trust.Plaintext && !at.isLoopback()) {
      problems.warning(
          section.valueOrigin("tls"),
          section.place().description() + " sends files to " + at.host() + " in clear");
    }
    return Optional.of(
        new Connection.Hub(
            name, at.host(), at.port(), login.get(), trust.get(), List.of(), line.get()));
  }
}
