package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.config.SecretSources;
import io.waybill.jobs.log.SecretMask;
import io.waybill.transfer.tcp.server.UsersFile;
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
      names = "--root",
      paramLabel = "DIR",
      description = "What the user sees, below the served directory; all of it if not given.")
  private String root = ".";

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

  @Mixin private ServeUsersOption users;

  @Override
  ExitCode execute() throws Exception {
    Path file = users.file(stateDirectory());
    Optional<String> given = given();
    String key = given.orElseGet(ServeUserAddCommand::random);
    prepare(file);
    try {
      new UsersFile(file).put(name, key, root);
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("the user cannot be made: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new JobException.Configuration(
          "the users file cannot be written: " + e.getMessage(), e);
    }
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", name);
    form.put("root", root);
    if (given.isEmpty()) {
      form.put("key", key);
    }
    output()
        .note("waybill: " + name + " is in " + file + "; a server that runs must be started again");
    output()
        .result(
            "waybill.user/1", form, out -> given.ifPresentOrElse(k -> {}, () -> out.println(key)));
    return ExitCode.OK;
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
    if (keyFile != null && keyVariable != null) {
      throw new JobException.Configuration("--key-file and --key-env exclude each other");
    }
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
