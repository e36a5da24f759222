package io.waybill.jobs.cli;

import io.waybill.jobs.config.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Problems of job files in SARIF 2.1.0, which code hosts and editors show beside the lines.
 *
 * @see <a href="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html">SARIF 2.1.0</a>
 */
final class SarifForm {
  private static final String RULE = "job-file";

  private SarifForm() {}

  /**
   * Returns a log of one run.
   *
   * @param version of this program
   */
  static Map<String, Object> of(List<Problem> problems, String version) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("id", RULE);
    rule.put("shortDescription", Map.of("text", "A job file is as the reference page says"));
    Map<String, Object> driver = new LinkedHashMap<>();
    driver.put("name", "waybill");
    driver.put("version", version);
    driver.put("rules", List.of(rule));
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("tool", Map.of("driver", driver));
    run.put("columnKind", "unicodeCodePoints");
    run.put("results", problems.stream().map(SarifForm::of).toList());
    Map<String, Object> log = new LinkedHashMap<>();
    log.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    log.put("version", "2.1.0");
    log.put("runs", List.of(run));
    return log;
  }

  private static Map<String, Object> of(Problem problem) {
    Map<String, Object> region = new LinkedHashMap<>();
    region.put("startLine", problem.position().line());
    region.put("startColumn", problem.position().column());
    Map<String, Object> place = new LinkedHashMap<>();
    place.put("artifactLocation", Map.of("uri", uri(problem.position().file())));
    place.put("region", region);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("ruleId", RULE);
    result.put("level", problem.severity() == Problem.Severity.ERROR ? "error" : "warning");
    result.put("message", Map.of("text", text(problem)));
    result.put("locations", List.of(Map.of("physicalLocation", place)));
    return result;
  }

  private static String text(Problem problem) {
    return problem.message()
        + problem.suggestion().map(name -> "; did you mean \"" + name + "\"?").orElse("");
  }

  // A relative path stays one: who reads the log knows from where.
  private static String uri(String file) {
    String plain = file.replace('\\', '/');
    // before a colon would be a scheme
    String path = plain.matches("[^/]*:.*") ? "./" + plain : plain;
    try {
      URI uri = new URI(path.startsWith("/") ? "file" : null, null, path, null);
      return uri.toASCIIString().replaceFirst("^file:/(?!/)", "file:///");
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("no file's name: " + file, e);
    }
  }
}
