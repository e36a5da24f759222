package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.Key;
import io.waybill.jobs.Rehearsal;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import java.util.List;
import java.util.Map;

/** {@code delete}: files, never a directory, a link or a root. */
final class DeleteStepType implements StepType<DeleteStep> {

  @Override
  public String name() {
    return "delete";
  }

  @Override
  public String doc() {
    return "Deletes files; directories and links stay.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        FileKeys.FROM, FileKeys.MATCH, FileKeys.OLDER_THAN, FileKeys.expect(FileKeys.anyNumber()));
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of(
        "files", "a list with name, location, size, modified of each file that is gone",
        "bytes", "the sum of their sizes",
        "left-out",
            "a list of what is neither a file nor a directory, or cannot be asked for by its name");
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of(
        "files", FileKeys.FOUND_FILES, "bytes", ValueKind.NUMBER, "left-out", ValueKind.LIST);
  }

  @Override
  public DeleteStep bind(Arguments arguments, Connections connections) {
    return new DeleteStep(FileSelection.of(arguments, connections));
  }

  @Override
  public StepHandler<DeleteStep> handler(StepServices services) {
    return new StepHandler<>() {
      @Override
      public StepResult execute(DeleteStep step, StepCall call) throws InterruptedException {
        return new DeleteAttempt(services, call).run(step.from());
      }

      @Override
      public Rehearsal rehearse(DeleteStep step, StepCall call) throws InterruptedException {
        return new FileRehearsal(services, call).delete(step.from());
      }
    };
  }
}
