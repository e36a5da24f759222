package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.exec.ProgramEnd;
import io.waybill.jobs.exec.ProgramRun;
import io.waybill.jobs.json.JsonPointer;
import io.waybill.scheduler.FailureClass;
import java.util.LinkedHashMap;
import java.util.Map;

/** Carries out {@code exec}. */
final class ExecHandler implements StepHandler<ExecStep> {
  private static final int SIGNALS = 128;

  @Override
  public StepResult execute(ExecStep step, StepCall call) throws InterruptedException {
    String mark = call.attempt().runId() + "/" + call.attempt().stepId();
    ProgramEnd end =
        new ProgramRun(step.program(), mark, step.mostOutputBytes(), step.grace())
            .run(System.getenv());
    if (!step.codes().success().contains(end.exitCode())) {
      throw failed(step, end);
    }
    Map<String, Object> outputs = new LinkedHashMap<>();
    outputs.put("exit-code", (long) end.exitCode());
    outputs.put("stdout", end.out().text());
    outputs.put("stderr", end.err().text());
    outputs.put("duration", end.took().toMillis());
    step.extract().forEach((name, pointer) -> outputs.put(name, extracted(step, end, pointer)));
    return new StepResult(outputs, 0);
  }

  private static JobException failed(ExecStep step, ProgramEnd end) {
    int code = end.exitCode();
    boolean mayPass = step.codes().retry().contains(code);
    String how =
        code > SIGNALS && code < SIGNALS + 65
            ? "exit code %d (that of signal %d)".formatted(code, code - SIGNALS)
            : "exit code " + code;
    String last = end.err().last().isEmpty() ? end.out().last() : end.err().last();
    String said = last.isEmpty() ? "; it has said nothing" : "; its last words: " + last;
    return new JobException.Unsuccessful(
        mayPass ? FailureClass.TRANSIENT : FailureClass.PERMANENT,
        step.program().name() + " ended with " + how + said,
        null);
  }

  private static Object extracted(ExecStep step, ProgramEnd end, JsonPointer pointer) {
    String what = "\"%s\" of what %s has printed".formatted(pointer, step.program().name());
    if (end.out().isCut()) {
      throw new JobException.Expectation(
          what + " cannot be read, as it is longer than \"max-output\"; raise that");
    }
    try {
      return pointer
          .find(end.out().text())
          .orElseThrow(() -> new JobException.Expectation("there is no " + what));
    } catch (JobException.Configuration e) {
      throw new JobException.Expectation(
          "there is no %s, as %s; it begins with: %s"
              .formatted(what, e.getMessage(), beginning(end.out().text())));
    }
  }

  private static String beginning(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "..." : text;
  }
}
