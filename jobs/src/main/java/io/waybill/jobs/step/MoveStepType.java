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
import java.util.List;
import java.util.Map;

/** {@code move}: as {@code copy}, and each source is deleted once its copy is safe. */
final class MoveStepType implements StepType<MoveStep> {

  @Override
  public String name() {
    return "move";
  }

  @Override
  public String doc() {
    return "Moves files: by renaming where that is one, else each source is deleted once its copy is verified and forced to the disk.";
  }

  @Override
  public List<Key> keys() {
    return FileKeys.copying();
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
  public MoveStep bind(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<FileSelection> from = parts.part(() -> FileSelection.of(arguments, connections));
    Part<FileTarget> to = parts.part(() -> FileTarget.of(arguments, connections));
    Part<CopyTerms> terms = parts.part(() -> CopyTerms.of(arguments));
    MoveStep step = parts.together(() -> new MoveStep(from.get(), to.get(), terms.get()));
    step.terms().requireServer(step.from(), step.to().place());
    return step;
  }

  @Override
  public StepHandler<MoveStep> handler(StepServices services) {
    return new StepHandler<>() {
      @Override
      public StepResult execute(MoveStep step, StepCall call) throws InterruptedException {
        return new CopyAttempt(services, call, step.terms(), new AfterCopy.Delete(true))
            .run(step.from(), step.to());
      }

      @Override
      public Rehearsal rehearse(MoveStep step, StepCall call) throws InterruptedException {
        return new FileRehearsal(services, call)
            .copy(step.from(), step.to(), step.terms(), new AfterCopy.Delete(true));
      }
    };
  }
}
