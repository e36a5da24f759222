package io.waybill.jobs.cli;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.JobException;
import io.waybill.jobs.MailLogin;
import io.waybill.jobs.Secret;
import io.waybill.jobs.Submission;
import io.waybill.jobs.log.SecretMask;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server mail is handed to: a connection of the job file, or one named by a URI. */
final class MailServerOptions {
  private static final String INBOX = "INBOX";
  private static final List<String> MECHANISMS =
      List.of("SCRAM-SHA-256", "PLAIN", "LOGIN", "CRAM-MD5");

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "File that holds the password of the user in the URI.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--password-env",
      paramLabel = "NAME",
      description = "Environment variable that holds the password. Else ~/.netrc, else a prompt.")
  private @Nullable String passwordVariable;

  @Option(
      names = "--tls",
      paramLabel = "KIND",
      description =
          "For a URI: starttls (usual for smtp://), implicit (for smtps://), or off: everything in clear.")
  private @Nullable Tls tls;

  @Option(
      names = "--ca",
      paramLabel = "PEM",
      description =
          "For a URI: authorities that may vouch for the server's name; else those that Java trusts.")
  private @Nullable Path ca;

  @Option(
      names = "--auth",
      paramLabel = "MECHANISM",
      description = "For a URI: log in by this mechanism only, such as LOGIN.")
  private @Nullable String mechanism;

  /** How a connection is protected, as {@code --tls} says it. */
  enum Tls {
    STARTTLS,
    IMPLICIT,
    OFF
  }

  /** Returns the time that a whole call may take. */
  static Duration deadline(String text) {
    Duration deadline = CopyOptions.duration("--deadline", text);
    if (deadline.isZero()) {
      throw new JobException.Configuration("--deadline must be above 0");
    }
    return deadline;
  }

  private void refuseOptions() {
    if (tls != null
        || ca != null
        || mechanism != null
        || passwordFile != null
        || passwordVariable != null) {
      throw new JobException.Configuration(
          "--tls, --ca, --auth, --password-file and --password-env are for a URI: the job file says these things of its connections");
    }
  }

  static boolean isUri(String via) {
    return via.matches("(?i)smtps?://.*");
  }

  /**
   * Returns the connection.
   *
   * @param via a connection's name, a URI, or null for the one smtp connection of the job file
   * @throws JobException.Configuration if it is none, or its login cannot be had
   */
  Connection.Outgoing connection(
      @Nullable String via,
      Supplier<Configuration> configuration,
      Map<String, String> environment,
      Consumer<String> warnings) {
    if (via != null && isUri(via)) {
      return ofUri(via, environment, warnings);
    }
    refuseOptions();
    Configuration file = configuration.get();
    if (via != null) {
      return file.connections().require(via, Connection.Outgoing.class);
    }
    List<Connection.Outgoing> all =
        file.connections().names().stream()
            .flatMap(name -> file.connections().find(name).stream())
            .filter(Connection.Outgoing.class::isInstance)
            .map(Connection.Outgoing.class::cast)
            .toList();
    if (all.size() != 1) {
      throw new JobException.Configuration(
          (all.isEmpty()
                  ? "the job file has no connection of type smtp"
                  : "the job file has several connections of type smtp: "
                      + all.stream().map(Connection::name).toList())
              + "; say which server: a connection's name, or smtp://user@host:587");
    }
    return all.get(0);
  }

  /**
   * Returns the mailbox and the folder that a text names: {@code connection:Folder} of the job
   * file, or {@code imaps://user@host/Folder}; INBOX if no folder is said.
   *
   * @throws JobException.Configuration if it names none, or its login cannot be had
   */
  MailboxPlace mailbox(
      String text,
      Supplier<Configuration> configuration,
      Map<String, String> environment,
      Consumer<String> warnings) {
    if (text.matches("(?i)imaps?://.*")) {
      return ofMailboxUri(text, environment, warnings);
    }
    refuseOptions();
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String folder = colon < 0 || colon == text.length() - 1 ? INBOX : text.substring(colon + 1);
    return new MailboxPlace(
        configuration.get().connections().require(name, Connection.Mailbox.class), folder);
  }

  private MailboxPlace ofMailboxUri(
      String text, Map<String, String> environment, Consumer<String> warnings) {
    URI uri = parsed(text, "imap", true);
    Server server = server(uri, 993, 143, 143, environment, warnings);
    MailLogin login =
        server
            .login()
            .orElseThrow(
                () ->
                    new JobException.Configuration(
                        "a mailbox has a user: write imaps://USER@" + server.host()));
    String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceFirst("^/", "");
    return new MailboxPlace(
        new Connection.Mailbox(
            server.kind() == Connection.Tls.IMPLICIT
                ? "imaps://" + server.host() + ":" + server.port()
                : "imap://" + server.host() + ":" + server.port(),
            server.host(),
            server.port(),
            server.kind(),
            server.trust(),
            login),
        path.isEmpty() ? INBOX : Locations.decoded(path));
  }

  /** A mailbox, and a folder of it. */
  record MailboxPlace(Connection.Mailbox mailbox, String folder) {}

  private Connection.Outgoing ofUri(
      String text, Map<String, String> environment, Consumer<String> warnings) {
    Server server = server(parsed(text, "smtp", false), 465, 587, 25, environment, warnings);
    Submission.Builder how = Submission.builder();
    if (ca != null) {
      how.trust(server.trust());
    }
    return new Connection.Outgoing(
        "smtp://" + server.host() + ":" + server.port(),
        server.host(),
        server.port(),
        server.kind(),
        server.login(),
        Optional.empty(),
        how.build());
  }

  /** What a URI and these options say of a server. */
  private record Server(
      String host, int port, Connection.Tls kind, Trust trust, Optional<MailLogin> login) {}

  private Server server(
      URI uri,
      int implicitPort,
      int startTlsPort,
      int plainPort,
      Map<String, String> environment,
      Consumer<String> warnings) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    boolean isImplicit = scheme.endsWith("s") || tls == Tls.IMPLICIT;
    if (isImplicit && tls != null && tls != Tls.IMPLICIT) {
      throw new JobException.Configuration(
          "%s:// begins with TLS: write %s:// for --tls %s"
              .formatted(scheme, scheme.substring(0, scheme.length() - 1), word(tls)));
    }
    Connection.Tls kind =
        isImplicit
            ? Connection.Tls.IMPLICIT
            : tls == Tls.OFF ? Connection.Tls.OFF : Connection.Tls.STARTTLS;
    String host = bare(uri.getHost());
    int port =
        uri.getPort() >= 0
            ? uri.getPort()
            : switch (kind) {
              case IMPLICIT -> implicitPort;
              case STARTTLS -> startTlsPort;
              case OFF -> plainPort;
            };
    if (port < 1 || port > 65_535) {
      throw new JobException.Configuration("a port is from 1 to 65535, and not " + port);
    }
    Optional<String> by = mechanism();
    Optional<MailLogin> login =
        login(uri, host, environment, warnings)
            .map(who -> new MailLogin(who.user(), new MailLogin.Password(who.password()), by));
    if (kind == Connection.Tls.OFF && login.isPresent()) {
      warnings.accept(
          scheme + "://" + host + ":" + port + " gets the password and the mail in clear");
    }
    Trust trust =
        ca != null
            ? new Trust.Authority(ca)
            : kind == Connection.Tls.OFF ? new Trust.Plaintext() : new Trust.Public();
    return new Server(host, port, kind, trust, login);
  }

  private Optional<String> mechanism() {
    if (mechanism == null) {
      return Optional.empty();
    }
    String name = mechanism.toUpperCase(Locale.ROOT);
    if (!MECHANISMS.contains(name)) {
      throw new JobException.Configuration(
          "--auth takes " + String.join(", ", MECHANISMS) + ", and not " + mechanism);
    }
    return Optional.of(name);
  }

  private Optional<Connection.Login> login(
      URI uri, String host, Map<String, String> environment, Consumer<String> warnings) {
    String[] who =
        uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
    Optional<String> user =
        who.length > 0 && !who[0].isEmpty()
            ? Optional.of(Locations.decoded(who[0]))
            : Optional.empty();
    LoginOptions options = new LoginOptions().passwords(passwordFile, passwordVariable);
    options.environment(environment);
    if (user.isEmpty()) {
      return Netrc.of(environment).flatMap(netrc -> netrc.find(host, user));
    }
    Optional<Secret> given =
        who.length > 1 ? Optional.of(given(Locations.decoded(who[1]), warnings)) : Optional.empty();
    return Optional.of(options.login(host, user, given));
  }

  private static Secret given(String password, Consumer<String> warnings) {
    SecretMask.ofThisProcess().remember(password);
    warnings.accept(
        "the password in the URI can be read by everybody who sees the list of processes or your shell's history; use --password-file, --password-env or ~/.netrc");
    return new Secret(
        "the password in the URI", () -> password, SecretMask.ofThisProcess()::remember);
  }

  private static URI parsed(String text, String scheme, boolean mayHavePath) {
    try {
      URI uri = new URI(text);
      String path = uri.getRawPath();
      boolean isServer =
          uri.getHost() != null
              && (mayHavePath || path == null || path.isEmpty() || path.equals("/"))
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null;
      if (isServer) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // its message repeats the text, which may hold a password
      throw new JobException.Configuration(
          "\"%s\" is no URI: %s; write specials as %%XX"
              .formatted(Locations.masked(text), e.getReason()));
    }
    String rest = mayHavePath ? "[user@]host[:port][/Folder]" : "[user@]host[:port]";
    throw new JobException.Configuration(
        "\"%s\" is not of the form %s://%s or %ss://%s"
            .formatted(Locations.masked(text), scheme, rest, scheme, rest));
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static String word(Tls kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
