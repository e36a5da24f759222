package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.config.SecretSources;
import io.waybill.jobs.log.SecretMask;
import io.waybill.transfer.tcp.server.ServerUser;
import io.waybill.transfer.tcp.server.UsersFile;
import io.waybill.transfer.tcp.tls.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
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
        "Makes a user with a random key and prints the key, once: the users file holds only what checks it.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class ServeUserAddCommand extends Verb {
  private static final int KEY_BYTES = 32;

  @Parameters(index = "0", paramLabel = "NAME", description = "Who.")
  private String name;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "Take the key from here instead of making one.")
  private @Nullable Path keyFile;

  @Option(
      names = "--key-env",
      paramLabel = "VARIABLE",
      description = "Take the key from this environment variable.")
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
    Path file = users.file(stateDirectory());
    Optional<ServerUser> before =
        ServeUsersOption.read(file).stream().filter(each -> each.name().equals(name)).findAny();
    ServerUser user = limits.of(before.orElseGet(this::fresh));
    Optional<String> given = given();
    Optional<String> made =
        given.isEmpty() && pin == null && !certificate ? Optional.of(random()) : Optional.empty();
    prepare(file);
    try {
      put(new UsersFile(file), user, given.or(() -> made));
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("the user cannot be made: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new JobException.Configuration(
          "the users file cannot be written: " + e.getMessage(), e);
    }
    Map<String, Object> form = new LinkedHashMap<>(UserForm.of(user));
    made.ifPresent(key -> form.put("key", key));
    output().note("waybill: " + name + " is in " + file + "; a server that runs knows it at once");
    if (before.isPresent()) {
      output().note("waybill: " + name + " was there before; the key or pin it had is replaced");
    }
    output().result(UserForm.SCHEMA, form, out -> made.ifPresent(out::println));
    return ExitCode.OK;
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
    if (keyFile != null) {
      return Optional.of(sources.fromFile("key", keyFile).get());
    }
    return Optional.ofNullable(keyVariable).map(v -> sources.fromEnvironment("key", v).get());
  }

  private static String random() {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
