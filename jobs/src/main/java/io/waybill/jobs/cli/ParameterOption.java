package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/**
 * The parameters of a run. They are taken apart here, as picocli looks for quotes in values, and
 * speaks of its own classes when one is not closed.
 */
final class ParameterOption {
  @Option(
      names = {"-p", "--param"},
      paramLabel = "NAME=VALUE",
      description = "A parameter of the job.")
  private List<String> given = List.of();

  /**
   * Returns them by name; of two with one name the last.
   *
   * @throws JobException.Configuration if one has no value
   */
  Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    for (String each : given) {
      int end = each.indexOf('=');
      if (end <= 0) {
        throw new JobException.Configuration(
            "-p %s gives no value: write -p NAME=VALUE".formatted(each));
      }
      values.put(each.substring(0, end), each.substring(end + 1));
    }
    return values;
  }
}
