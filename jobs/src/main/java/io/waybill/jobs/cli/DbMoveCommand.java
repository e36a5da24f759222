package io.waybill.jobs.cli;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connection;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import io.waybill.jobs.config.SecretSources;
import io.waybill.jobs.json.StoreForm;
import io.waybill.jobs.log.SecretMask;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill db move}. */
@Command(
    name = "move",
    description =
        "Moves everything in the H2 store of the state directory, runs in flight included, to an empty PostgreSQL database, and compares it row by row before it counts. Not while a daemon lives. The H2 store stays as it is, marked so that nobody goes on with it.")
final class DbMoveCommand extends DbVerb {
  private static final Pattern PASSWORD =
      Pattern.compile("[?&;](password|pwd)=|//[^/@]*:[^/@]*@", Pattern.CASE_INSENSITIVE);

  @Option(
      names = "--to",
      paramLabel = "URL",
      description =
          "jdbc:postgresql://HOST[:PORT]/DATABASE, without a password; if not given, daemon.store of the job file.")
  private @Nullable String to;

  @Option(
      names = "--user",
      paramLabel = "USER",
      description = "With --to: who logs in there; waybill if not given.")
  private @Nullable String user;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "With --to: the file that holds the password.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--password-env",
      paramLabel = "VARIABLE",
      description = "With --to: the environment variable that holds the password.")
  private @Nullable String passwordVariable;

  @Override
  ExitCode execute() throws InterruptedException {
    refuseDaemon("moved");
    Map<String, Object> form = StoreForm.of(care().move(target()));
    output()
        .result(
            StoreForm.MOVE_SCHEMA,
            form,
            out -> {
              out.println(Output.printable(form.get("from") + " -> " + form.get("to")));
              DbPrinter.printTables(form, out);
            });
    output()
        .note(
            "waybill: "
                + (to == null
                    ? "the daemon goes on there"
                    : "write daemon: { store: { url: \""
                        + to
                        + "\", user: ..., password: \"${secrets.NAME}\" } } into the job file, and the daemon goes on there")
                + "; the old store is refused from now on, unless "
                + form.get("marker")
                + " is deleted");
    return ExitCode.OK;
  }

  private Configuration.Jdbc target() {
    if (to == null) {
      if (user != null || passwordFile != null || passwordVariable != null) {
        throw new JobException.Configuration(
            "--user, --password-file and --password-env go with --to: the job file says these things of its store");
      }
      if (configurationIfAny().daemon().store() instanceof Configuration.Jdbc jdbc) {
        return jdbc;
      }
      throw new JobException.Configuration(
          "say where to, with --to jdbc:postgresql://HOST/DATABASE or as daemon.store of the job file");
    }
    if (PASSWORD.matcher(to).find()) {
      throw new JobException.Configuration(
          "--to holds a password, which the list of processes shows; take it out, and give --password-file or --password-env");
    }
    if (!to.startsWith("jdbc:")) {
      throw new JobException.Configuration(
          "--to is no JDBC address; write jdbc:postgresql://HOST/DATABASE");
    }
    if (passwordFile != null && passwordVariable != null) {
      throw new JobException.Configuration("--password-file and --password-env exclude each other");
    }
    return new Configuration.Jdbc(to, login());
  }

  private Optional<Connection.Login> login() {
    SecretSources sources =
        new SecretSources(
            cli().environment(),
            SecretMask.ofThisProcess()::remember,
            warning -> output().note("waybill: warning: " + warning));
    String name = user == null ? "waybill" : user;
    if (passwordFile != null) {
      return Optional.of(
          new Connection.Login(name, sources.fromFile("--password-file", passwordFile)));
    }
    return Optional.of(
        new Connection.Login(
            name,
            passwordVariable != null
                ? sources.fromEnvironment("--password-env", passwordVariable)
                : new Secret("no password", () -> "", value -> {})));
  }
}
