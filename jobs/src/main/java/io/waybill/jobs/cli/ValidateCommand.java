package io.waybill.jobs.cli;

import io.waybill.JobFiles;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.config.ConfigDiscovery;
import io.waybill.jobs.config.InvalidJobFile;
import io.waybill.jobs.config.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code waybill validate}: reads the job file and tells every mistake in it. */
@Command(
    name = "validate",
    description = "Reads the job file and tells every mistake in it; connects to nothing.")
final class ValidateCommand extends Verb {
  private static final String SCHEMA = "waybill.validation/1";

  private final List<Problem> problems = new ArrayList<>();

  @Override
  ExitCode execute() {
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
    output()
        .result(
            SCHEMA,
            form,
            out -> {
              problems.forEach(problem -> output().note(problem.render()));
              out.println("valid: " + jobs.size() + " jobs");
            });
    return ExitCode.OK;
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
