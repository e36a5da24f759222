package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.Key;
import io.waybill.jobs.Rehearsal;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code copy}: files from any location to any other, verified and published whole. */
final class CopyStepType implements StepType<CopyStep> {
  private static final Key AFTER_COPY =
      Key.optional(
          "after-copy",
          new ValueType.AnyOf(
              List.of(
                  new ValueType.OneOf(List.of("keep", "delete")),
                  new ValueType.Group(
                      List.of(
                          Key.required(
                              "move-to",
                              Scalar.LOCATION,
                              "The directory that it goes to; an old file of its name there is replaced."))))),
          "keep",
          "What becomes of each source once its copy is verified, forced to the disk and has its name.");

  @Override
  public String name() {
    return "copy";
  }

  @Override
  public String doc() {
    return "Copies files; each is verified, forced to the disk and renamed into place, or not there at all.";
  }

  @Override
  public List<Key> keys() {
    List<Key> keys = new ArrayList<>(FileKeys.copying());
    keys.add(AFTER_COPY);
    return keys;
  }

  @Override
  public boolean isLocal(StepResult result) {
    return FileKeys.isAnyHere(result);
  }

  @Override
  public Map<String, String> outputs() {
    return FileKeys.copied();
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return FileKeys.copiedKinds();
  }

  @Override
  public CopyStep bind(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<FileSelection> from = parts.part(() -> FileSelection.of(arguments, connections));
    Part<FileTarget> to = parts.part(() -> FileTarget.of(arguments, connections));
    Part<CopyTerms> terms = parts.part(() -> CopyTerms.of(arguments));
    Part<AfterCopy> after = parts.part("after-copy", () -> AfterCopy.of(arguments, connections));
    CopyStep step =
        parts.together(() -> new CopyStep(from.get(), to.get(), terms.get(), after.get()));
    step.terms().requireServer(step.from(), step.to().place());
    return step;
  }

  @Override
  public StepHandler<CopyStep> handler(StepServices services) {
    return new StepHandler<>() {
      @Override
      public StepResult execute(CopyStep step, StepCall call) throws InterruptedException {
        return new CopyAttempt(services, call, step.terms(), step.after())
            .run(step.from(), step.to());
      }

      @Override
      public Rehearsal rehearse(CopyStep step, StepCall call) throws InterruptedException {
        return new FileRehearsal(services, call)
            .copy(step.from(), step.to(), step.terms(), step.after());
      }
    };
  }
}
