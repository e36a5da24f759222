package io.waybill.jobs.step;

import io.waybill.jobs.Step;
import io.waybill.jobs.exec.Program;
import io.waybill.jobs.json.JsonPointer;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Runs a program.
 *
 * @param program what is run, and what it is given
 * @param codes what its exit codes mean
 * @param mostOutputBytes how much is kept of each of its streams
 * @param grace between the request to end and the kill
 * @param extract values of its standard output, by the name of the output
 */
public record ExecStep(
    Program program,
    Codes codes,
    long mostOutputBytes,
    Duration grace,
    Map<String, JsonPointer> extract)
    implements Step {
  public ExecStep {
    Objects.requireNonNull(program, "program");
    Objects.requireNonNull(codes, "codes");
    Objects.requireNonNull(grace, "grace");
    extract = Collections.unmodifiableMap(new LinkedHashMap<>(extract));
  }

  /**
   * What exit codes mean.
   *
   * @param success all went well
   * @param retry a later attempt may succeed
   */
  public record Codes(Set<Integer> success, Set<Integer> retry) {
    public Codes {
      success = Set.copyOf(success);
      retry = Set.copyOf(retry);
    }
  }
}
