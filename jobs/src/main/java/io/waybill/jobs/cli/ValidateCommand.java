package io.waybill.jobs.cli;

import io.waybill.JobFiles;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobException;
import io.waybill.jobs.config.ConfigDiscovery;
import io.waybill.jobs.config.InvalidJobFile;
import io.waybill.jobs.config.Problem;
import io.waybill.jobs.step.ConnectionChecks;
import io.waybill.jobs.step.ConnectionChecks.Outcome;
import io.waybill.jobs.step.LoginServices;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code waybill validate}: every mistake in the job file, and whether its connections let us in.
 */
@Command(
    name = "validate",
    description =
        "Reads the job file and tells every mistake in it; connects to nothing, unless --connect is given and there is no mistake.")
final class ValidateCommand extends Verb {
  private static final String SCHEMA = "waybill.validation/1";

  @Option(
      names = "--connect",
      description =
          "Log in at every connection of the file, and leave: nothing is read or sent. The exit code is that of the gravest failure: 2 (a secret or file that cannot be had), 5 (login), 4 (connection, TLS, no answer), then any other.")
  private boolean connect;

  @Option(
      names = "--within",
      paramLabel = "DURATION",
      description = "With --connect: the longest time for each connection; 30s if not given.")
  private @Nullable String within;

  private final List<Problem> problems = new ArrayList<>();

  @Override
  ExitCode execute() throws InterruptedException {
    if (within != null && !connect) {
      throw new JobException.Configuration("--within is for --connect");
    }
    if (connect && options().format() == OutputFormat.SARIF) {
      throw new JobException.Configuration(
          "SARIF tells of files, and --connect of servers; write -o json");
    }
    Duration longest = CopyOptions.duration("--within", within == null ? "30s" : within);
    Configuration configuration = read();
    if (options().format() == OutputFormat.SARIF) {
      output().document(SarifForm.of(problems, Main.resource("version.txt").strip()));
      return ExitCode.OK;
    }
    List<String> jobs = configuration.jobs().stream().map(JobDefinition::name).toList();
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("valid", true);
    form.put("jobs", jobs);
    form.put("problems", forms());
    List<Outcome> outcomes = connect ? logIn(configuration, longest) : List.of();
    Optional<ExitCode> failed = ConnectionForm.gravest(outcomes);
    String failure = failure(outcomes);
    if (connect) {
      form.put("connections", outcomes.stream().map(ConnectionForm::of).toList());
    }
    failed.ifPresent(code -> form.put("error", Trouble.form(code, failure)));
    output()
        .result(
            SCHEMA,
            form,
            out -> {
              problems.forEach(problem -> output().note(problem.render()));
              ConnectionForm.print(outcomes, out);
              out.println("valid: " + jobs.size() + " jobs");
            });
    if (failed.isPresent()) {
      cli().err().println("waybill: " + failure);
    }
    return failed.orElse(ExitCode.OK);
  }

  private List<Outcome> logIn(Configuration configuration, Duration longest)
      throws InterruptedException {
    Connections connections = configuration.connections();
    return new ConnectionChecks(
            LoginServices.of(connections, sockets(), tap(), mailTokens()), longest)
        .run(
            connections.names().stream().flatMap(name -> connections.find(name).stream()).toList());
  }

  private static String failure(List<Outcome> outcomes) {
    return "%d of %d connections cannot be used: %s"
        .formatted(
            outcomes.stream().filter(each -> each.failure().isPresent()).count(),
            outcomes.size(),
            String.join(
                ", ",
                outcomes.stream()
                    .filter(each -> each.failure().isPresent())
                    .map(each -> each.connection().name())
                    .toList()));
  }

  private Configuration read() {
    try {
      return JobFiles.load(
          ConfigDiscovery.discover(options().files(), cli().environment()),
          environment(),
          problems::add);
    } catch (InvalidJobFile e) {
      problems.addAll(e.problems());
      if (options().format() == OutputFormat.SARIF) {
        output().document(SarifForm.of(problems, Main.resource("version.txt").strip()));
      }
      throw e;
    }
  }

  @Override
  boolean hasSarif() {
    return true;
  }

  @Override
  String failureSchema() {
    return problems.isEmpty() ? super.failureSchema() : SCHEMA;
  }

  @Override
  Map<String, Object> soFar() {
    return problems.isEmpty() ? Map.of() : Map.of("valid", false, "problems", forms());
  }

  private List<Map<String, Object>> forms() {
    return problems.stream().map(Problem::asMap).toList();
  }
}
