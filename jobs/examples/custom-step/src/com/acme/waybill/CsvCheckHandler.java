package com.acme.waybill;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Carries out {@link CsvCheck}: it may be called by many threads at once, and keeps nothing. */
final class CsvCheckHandler implements StepHandler<CsvCheck> {

  /**
   * Makes one attempt.
   *
   * @throws JobException.NotFound if there is no such file; it is not tried again
   * @throws JobException.Expectation if a column is missing; it is not tried again
   */
  @Override
  public StepResult execute(CsvCheck step, StepCall call) throws InterruptedException {
    try (BufferedReader lines = Files.newBufferedReader(step.file());
        CancelScope.Registration ending = call.cancel().register(lines)) { // closed by a timeout, too
      String first = lines.readLine();
      List<String> columns =
          first == null
              ? List.of()
              : List.of(first.split(Pattern.quote(step.separator()), -1));
      for (String wanted : step.columns()) {
        if (!columns.contains(wanted)) {
          throw new JobException.Expectation(
              "%s has no column \"%s\"; its first line names: %s"
                  .formatted(step.file(), wanted, String.join(", ", columns)));
        }
      }
      long rows = 0;
      while (lines.readLine() != null) {
        rows++;
      }
      return new StepResult(Map.of("rows", rows), 0);
    } catch (NoSuchFileException e) {
      throw new JobException.NotFound("there is no file " + step.file());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
