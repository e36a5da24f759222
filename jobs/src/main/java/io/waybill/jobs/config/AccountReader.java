package io.waybill.jobs.config;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Tls;
import io.waybill.jobs.Secret;
import io.waybill.jobs.Submission;
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

  AccountReader(String name, Section section, Problems problems, ZoneId zone) {
    this.name = name;
    this.section = section;
    this.problems = problems;
    this.zone = zone;
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
      case "imap" -> mailbox();
      case "smtp" -> outgoing();
      default -> throw new IllegalArgumentException("no reader for connections of type " + type);
    };
  }

  private Optional<Connection> ftp() {
    Optional<Tls> tls = section.text("tls").map(AccountReader::ftpTls);
    Optional<Address> address = address(tls.orElse(Tls.OFF) == Tls.IMPLICIT ? FTPS_PORT : FTP_PORT);
    Optional<Connection.Trust> trust =
        tls.flatMap(word -> new TrustReader(section, problems).trust(word != Tls.OFF));
    Optional<Connection.Login> login = login("password");
    Optional<Connection.Line> line = line();
    if (address.isEmpty() || trust.isEmpty() || login.isEmpty() || line.isEmpty()) {
      return Optional.empty();
    }
    Address at = address.get();
    warnIfClear(tls.get(), at);
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
    Optional<Address> address = address(SSH_PORT);
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
    Address at = address.get();
    return Optional.of(
        new Connection.Sftp(
            name, at.host(), at.port(), user.get(), login.get(), keys.get(), line.get()));
  }

  private Optional<Connection> web(boolean isTls) {
    Optional<Address> address = address(isTls ? HTTPS_PORT : HTTP_PORT);
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
    Address at = address.get();
    if (!isTls && !isAnonymous) {
      warnIfClear(Tls.OFF, at);
    }
    return Optional.of(
        new Connection.Web(
            name, at.host(), at.port(), trust.get(), login, !isAnonymous, line.get()));
  }

  private Optional<Connection.WebLogin> webLogin() {
    if (!section.has("token")) {
      return login("password")
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
    Optional<Address> address = address(HUB_PORT);
    HubReader hub = new HubReader(section, problems);
    Optional<Connection.Trust> trust = hub.trust();
    Optional<Connection.HubLogin> login =
        hub.hasCertificate()
            ? hub.certificate()
            : login("key").map(who -> new Connection.HubLogin.Key(who.user(), who.password()));
    Optional<Connection.Line> line = line();
    if (address.isEmpty() || trust.isEmpty() || login.isEmpty() || line.isEmpty()) {
      return Optional.empty();
    }
    Address at = address.get();
    if (trust.get() instanceof Connection.Trust.Plaintext && !at.isLoopback()) {
      problems.warning(
          section.valueOrigin("tls"),
          section.place().description() + " sends files to " + at.host() + " in clear");
    }
    return Optional.of(
        new Connection.Hub(
            name, at.host(), at.port(), login.get(), trust.get(), List.of(), line.get()));
  }

  private Optional<Connection> mailbox() {
    Optional<Tls> tls = tls();
    Optional<Address> address = address(tls.orElse(Tls.OFF) == Tls.IMPLICIT ? 993 : 143);
    Optional<Connection.Login> login = login("password");
    if (address.isEmpty() || tls.isEmpty() || login.isEmpty()) {
      return Optional.empty();
    }
    Address at = address.get();
    warnIfClear(tls.get(), at);
    return Optional.of(
        new Connection.Mailbox(
            name, at.host(), at.port(), tls.get(), login.get().user(), login.get().password()));
  }

  private Optional<Connection> outgoing() {
    Optional<Tls> tls = tls();
    int usualPort =
        switch (tls.orElse(Tls.OFF)) {
          case IMPLICIT -> 465;
          case STARTTLS -> 587;
          case OFF -> 25;
        };
    Optional<Address> address = address(usualPort);
    boolean anonymous = !section.has("user") && !section.has("password");
    Optional<Connection.Login> login = anonymous ? Optional.empty() : login("password");
    Optional<String> from = section.text("from");
    boolean right = (anonymous || login.isPresent()) && (from.isPresent() || !section.has("from"));
    if (address.isEmpty() || tls.isEmpty() || !right) {
      return Optional.empty();
    }
    Address at = address.get();
    if (!anonymous) {
      warnIfClear(tls.get(), at);
    }
    return Optional.of(
        new Connection.Outgoing(
            name, at.host(), at.port(), tls.get(), login, from, Submission.USUAL));
  }

  private record Address(String host, int port) {
    boolean isLoopback() {
      return Loopback.isLoopback(host);
    }
  }

  private Optional<Address> address(int usualPort) {
    Optional<String> host = section.text("host").filter(this::hostIsRight);
    Optional<Integer> port =
        section.has("port")
            ? section.integer("port").filter(this::portIsRight).map(Long::intValue)
            : Optional.of(usualPort);
    return host.flatMap(h -> port.map(p -> new Address(h, p)));
  }

  private Optional<Connection.Login> login(String secretKey) {
    Optional<String> user = section.text("user");
    Optional<Secret> secret = section.secret(secretKey);
    if (!section.has(secretKey)) {
      missing(secretKey, "; write " + secretKey + ": \"${secrets.NAME}\"");
    }
    if (!section.has("user") && section.isOptional("user")) {
      missing("user", " that has a password");
    }
    return user.flatMap(u -> secret.map(s -> new Connection.Login(u, s)));
  }

  private void missing(String key, String rest) {
    problems.error(
        section.origin(key),
        "key \"" + key + "\" is missing in " + section.place().description() + rest);
  }

  private Optional<Tls> tls() {
    return section.text("tls").map(word -> Tls.valueOf(word.toUpperCase(Locale.ROOT)));
  }

  private void warnIfClear(Tls tls, Address address) {
    if (tls == Tls.OFF && !address.isLoopback()) {
      problems.warning(
          section.valueOrigin("tls"),
          section.place().description() + " sends its password to " + address.host() + " in clear");
    }
  }

  private boolean hostIsRight(String host) {
    boolean right =
        !host.isEmpty() && host.chars().noneMatch(c -> c <= ' ' || "/@\"'\\".indexOf(c) >= 0);
    if (!right) {
      problems.error(
          section.valueOrigin("host"),
          "\"host\" is a name or an address only, without scheme, user or path");
    }
    return right;
  }

  private boolean portIsRight(long port) {
    boolean right = port >= 1 && port <= 65_535;
    if (!right) {
      problems.error(section.valueOrigin("port"), "\"port\" is from 1 to 65535, and not " + port);
    }
    return right;
  }
}
