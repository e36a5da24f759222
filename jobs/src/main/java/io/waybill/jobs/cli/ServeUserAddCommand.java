package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.config.SecretSources;
import io.waybill.jobs.log.SecretMask;
import io.waybill.transfer.tcp.server.ServerUser;
import io.waybill.transfer.tcp.server.UsersFile;
import io.waybill.transfer.tcp.tls.Pin;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill serve user add NAME}: makes a user and prints the key, once. */
@Command(
    name = "add",
    description =
        "Makes a user with a random key, which is printed once or goes to --key-file: the users file holds only what checks it.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class ServeUserAddCommand extends Verb {
  @Parameters(index = "0", paramLabel = "NAME", description = "Who.")
  private String name;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "Take the key from this file; if there is none, make a key and the file, for you only to read.")
  private @Nullable Path keyFile;

  @Option(
      names = "--key-env",
      paramLabel = "VARIABLE",
      description = "Take the key from this environment variable; 16 characters at least.")
  private @Nullable String keyVariable;

  @Option(
      names = "--pin",
      paramLabel = "PIN",
      description = "The user has no key, but a client certificate with this public key.")
  private @Nullable String pin;

  @Option(
      names = "--certificate",
      description =
          "The user has no key, but a client certificate with this name from an authority of --client-ca.")
  private boolean certificate;

  @Mixin private ServeUserLimits limits;
  @Mixin private ServeUsersOption users;

  @Override
  ExitCode execute() throws Exception {
    requireOneProof();
    UserKeys.requireName(name);
    Path file = users.file(stateDirectory());
    Optional<ServerUser> before =
        ServeUsersOption.read(file).stream().filter(each -> each.name().equals(name)).findAny();
    ServerUser user = limits.of(before.orElseGet(this::fresh));
    Optional<String> given = given();
    given.ifPresent(UserKeys::requireLong);
    Optional<String> made =
        given.isEmpty() && pin == null && !certificate
            ? Optional.of(UserKeys.random())
            : Optional.empty();
    prepare(file);
    Optional<Path> written = made.isPresent() ? Optional.ofNullable(keyFile) : Optional.empty();
    // before the user: who is let in by a key that nobody has would be of no use
    written.ifPresent(to -> UserKeys.write(made.orElseThrow(), to));
    boolean isPut = false;
    try {
      put(new UsersFile(file), user, given.or(() -> made));
      isPut = true;
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("the user cannot be made: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new JobException.Configuration(
          "the users file cannot be written: " + e.getMessage(), e);
    } finally {
      if (!isPut) {
        written.ifPresent(UserKeys::delete);
      }
    }
    Map<String, Object> form = new LinkedHashMap<>(UserForm.of(user));
    written.ifPresentOrElse(
        to -> form.put("key-file", to.toString()),
        () -> made.ifPresent(key -> form.put("key", key)));
    output().note("waybill: " + name + " is in " + file + "; a server that runs knows it at once");
    ServeUsersOption.warn(file, output());
    if (before.isPresent()) {
      output().note("waybill: " + name + " was there before; the key or pin it had is replaced");
    }
    written.ifPresent(
        to -> output().note("waybill: the key is in " + to + ", which only you can read"));
    output().result(UserForm.SCHEMA, form, out -> print(form, out));
    return ExitCode.OK;
  }

  private static void print(Map<String, Object> form, PrintStream out) {
    if (form.containsKey("key")) {
      out.println(form.get("key"));
    }
  }

  private void requireOneProof() {
    int proofs =
        (keyFile == null ? 0 : 1)
            + (keyVariable == null ? 0 : 1)
            + (pin == null ? 0 : 1)
            + (certificate ? 1 : 0);
    if (proofs > 1) {
      throw new JobException.Configuration(
          "--key-file, --key-env, --pin and --certificate exclude each other: a user has one proof");
    }
  }

  private ServerUser fresh() {
    try {
      return ServerUser.builder(name).build();
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("the user cannot be made: " + e.getMessage(), e);
    }
  }

  private void put(UsersFile file, ServerUser user, Optional<String> key) throws IOException {
    if (key.isPresent()) {
      file.put(user, key.get());
    } else if (pin != null) {
      file.put(user, Pin.parse(pin));
    } else {
      file.putCertified(user);
    }
  }

  private void prepare(Path file) throws IOException {
    if (file.startsWith(stateDirectory().path())) {
      stateDirectory().create();
    }
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
  }

  private Optional<String> given() {
    SecretSources sources =
        new SecretSources(
            cli().environment(),
            SecretMask.ofThisProcess()::remember,
            warning -> output().note("waybill: warning: " + warning));
    if (keyFile != null && !Files.exists(keyFile)) {
      return Optional.empty(); // it is made
    }
    if (keyFile != null) {
      return Optional.of(sources.fromFile("--key-file", keyFile).get());
    }
    return Optional.ofNullable(keyVariable).map(v -> sources.fromEnvironment("--key-env", v).get());
  }
}
