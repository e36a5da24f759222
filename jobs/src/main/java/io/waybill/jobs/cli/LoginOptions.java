package io.waybill.jobs.cli;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.HubLogin;
import io.waybill.jobs.Connection.SshLogin;
import io.waybill.jobs.Connection.WebLogin;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import io.waybill.jobs.config.SecretSources;
import io.waybill.jobs.log.SecretMask;
import java.io.Console;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the key of a server that is named by a URI comes from. */
final class LoginOptions {
  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "File that holds the key of the user in the URI.")
  private @Nullable Path keyFile;

  @Option(
      names = "--key-env",
      paramLabel = "NAME",
      description = "Environment variable that holds the key. Else ~/.netrc, else a prompt.")
  private @Nullable String keyVariable;

  @Option(
      names = "--certificate",
      paramLabel = "PEM",
      description = "Certificate to log in with, without a key.")
  private @Nullable Path certificate;

  @Option(
      names = "--certificate-key",
      paramLabel = "PEM",
      description = "The certificate's own key.")
  private @Nullable Path certificateKey;

  @Option(
      names = "--identity",
      paramLabel = "FILE",
      description =
          "For sftp: private key to log in with; --key-file or --key-env then holds what it is encrypted with.")
  private @Nullable Path identity;

  private Map<String, String> environment = Map.of();
  private Words words = Words.KEY;
  private boolean mayBeMissing;
  private boolean isMissing;

  void environment(Map<String, String> variables) {
    environment = variables;
  }

  /** Takes it that nobody may log in: {@link #isMissing} says afterwards whether that is so. */
  void mayBeMissing() {
    mayBeMissing = true;
  }

  /** Says whether somebody was to log in, and there was nothing to do it with. */
  boolean isMissing() {
    return isMissing;
  }

  private Connection.Login missing(Optional<String> user) {
    isMissing = true;
    return new Connection.Login(
        user.orElse(""),
        new Secret(
            "a key that was not given",
            () -> {
              throw new IllegalStateException("nobody is to log in");
            },
            SecretMask.ofThisProcess()::remember));
  }

  /** Returns what asks for a password, by options of other names. */
  LoginOptions passwords(@Nullable Path file, @Nullable String variable) {
    LoginOptions other = with(file, variable);
    other.words = Words.PASSWORD;
    return other;
  }

  /** How what proves a user, and the options that name it, are called. */
  private enum Words {
    KEY("key", "--key-file", "--key-env"),
    PASSWORD("password", "--password-file", "--password-env");

    private final String what;
    private final String fileOption;
    private final String variableOption;

    Words(String what, String fileOption, String variableOption) {
      this.what = what;
      this.fileOption = fileOption;
      this.variableOption = variableOption;
    }
  }

  /** Returns the same with a key from elsewhere. */
  LoginOptions with(@Nullable Path file, @Nullable String variable) {
    LoginOptions other = new LoginOptions();
    other.environment = environment;
    other.keyFile = file;
    other.keyVariable = variable;
    return other;
  }

  /** Returns how a user proves to be that user. */
  HubLogin hubLogin(String host, Optional<String> user, Optional<Secret> given) {
    if (certificate == null && certificateKey == null) {
      Connection.Login login = login(host, user, given);
      return new HubLogin.Key(login.user(), login.password());
    }
    if (certificate == null || certificateKey == null) {
      throw new JobException.Configuration(
          "--certificate and --certificate-key belong together: give both");
    }
    return new HubLogin.Certificate(user, certificate, certificateKey);
  }

  /** Returns whom an SSH server is told, who is this machine's user if nobody is named. */
  String sshUser(Optional<String> user) {
    return user.orElseGet(() -> System.getProperty("user.name"));
  }

  /**
   * Returns what proves a user to an SSH server: a key that was named, a password that was given,
   * the keys of an agent, else a password that is asked for.
   */
  SshLogin sshLogin(String host, String user, Optional<Secret> given) {
    boolean hasSecret = keyFile != null || keyVariable != null;
    if (identity != null) {
      Optional<Secret> passphrase =
          hasSecret
              ? Optional.of(login(host, Optional.of(user), given).password())
              : Optional.empty();
      return new SshLogin.Key(identity, passphrase);
    }
    String agent = environment.get("SSH_AUTH_SOCK");
    boolean isNoted =
        Netrc.of(environment).flatMap(netrc -> netrc.find(host, Optional.of(user))).isPresent();
    if (given.isEmpty() && !hasSecret && !isNoted && agent != null && !agent.isEmpty()) {
      return new SshLogin.Agent(Path.of(agent));
    }
    return new SshLogin.Password(login(host, Optional.of(user), given).password());
  }

  /**
   * Returns who asks a web server: a user who is named, the bearer of a token if only that was
   * given, or nobody.
   */
  Optional<WebLogin> webLogin(String host, Optional<String> user, Optional<Secret> given) {
    if (user.isPresent()) {
      Connection.Login who = login(host, user, given);
      return Optional.of(new WebLogin.Basic(who.user(), who.password()));
    }
    if (keyFile != null || keyVariable != null) {
      return Optional.of(new WebLogin.Bearer(login(host, Optional.of("bearer"), given).password()));
    }
    return Netrc.of(environment)
        .flatMap(netrc -> netrc.find(host, user))
        .map(who -> new WebLogin.Basic(who.user(), who.password()));
  }

  /** Returns a user and the key. */
  Connection.Login login(String host, Optional<String> user, Optional<Secret> given) {
    if (given.isPresent()) {
      return new Connection.Login(required(host, user), given.get());
    }
    SecretSources sources =
        new SecretSources(
            environment,
            SecretMask.ofThisProcess()::remember,
            warning -> System.err.println("waybill: warning: " + warning));
    if (keyFile != null) {
      return new Connection.Login(
          required(host, user), sources.fromFile(words.fileOption, keyFile));
    }
    if (keyVariable != null) {
      return new Connection.Login(
          required(host, user), sources.fromEnvironment(words.variableOption, keyVariable));
    }
    Optional<Connection.Login> noted =
        Netrc.of(environment).flatMap(netrc -> netrc.find(host, user));
    if (noted.isEmpty() && mayBeMissing && (user.isEmpty() || !hasTerminal())) {
      return missing(user);
    }
    return noted.orElseGet(() -> prompted(host, required(host, user)));
  }

  private static String required(String host, Optional<String> user) {
    return user.orElseThrow(
        () ->
            new JobException.Configuration(
                "nobody is named to log in at %s: write the user before the host, USER@%s, or an entry for it in ~/.netrc"
                    .formatted(host, host)));
  }

  static boolean hasTerminal() {
    return Boolean.getBoolean("waybill.terminal");
  }

  @SuppressWarnings("SystemConsoleNull")
  private Connection.Login prompted(String host, String user) {
    // from JDK 22 on there is a console without a terminal too, so the launcher is asked first
    Console console = hasTerminal() ? System.console() : null;
    if (console == null) {
      throw new JobException.Configuration(
          "there is no %s for %s at %s: give %s FILE or %s NAME, or write \"machine %s login %s password %s\" into ~/.netrc (chmod 600)"
              .formatted(
                  words.what,
                  user,
                  host,
                  words.fileOption,
                  words.variableOption,
                  host,
                  user,
                  words.what.toUpperCase(Locale.ROOT)));
    }
    char[] typed =
        console.readPassword(
            "%s of %s at %s: ", words == Words.KEY ? "Key" : "Password", user, host);
    if (typed == null || typed.length == 0) {
      throw new JobException.Configuration("no " + words.what + " was typed");
    }
    String key = new String(typed);
    return new Connection.Login(
        user, new Secret(words.what, () -> key, SecretMask.ofThisProcess()::remember));
  }
}
