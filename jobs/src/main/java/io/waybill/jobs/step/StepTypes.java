package io.waybill.jobs.step;

import io.waybill.jobs.StepType;
import io.waybill.jobs.config.Problem;
import java.util.ArrayList;
import java.util.List;

/** The kinds of steps there are. */
public final class StepTypes {
  private StepTypes() {}

  /**
   * Returns the kinds that Waybill brings, and after them those that other jars of the class path
   * register, in the order of their names.
   *
   * @throws io.waybill.jobs.JobException.Configuration if one of those cannot be used
   */
  public static List<StepType<?>> all() {
    List<StepType<?>> types = new ArrayList<>();
    types.add(new CopyStepType());
    types.add(new MoveStepType());
    types.add(new SyncStepType());
    types.add(new DeleteStepType());
    types.add(new ListStepType());
    types.add(new ChecksumStepType());
    types.add(new ArchiveStepType());
    types.add(new UnarchiveStepType());
    types.add(new SendMailStepType());
    types.add(new FetchMailStepType());
    types.add(new ReplyMailStepType());
    types.add(new ForwardMailStepType());
    types.add(new SaveAttachmentsStepType());
    types.add(new FileMailStepType());
    types.add(new ExecStepType());
    types.add(new HttpRequestStepType());
    types.add(new CheckStepType());
    types.add(new PgpEncryptStepType());
    types.add(new PgpDecryptStepType());
    types.add(new PgpVerifyStepType());
    List<Problem> unused = doubts(); // a jar that cannot be read is an error
    types.addAll(RegisteredSteps.beside(types));
    return List.copyOf(types);
  }

  /**
   * Returns a warning for each file that lies where jars with kinds of steps do and brings none.
   *
   * @throws io.waybill.jobs.JobException.Configuration if a jar there cannot be read
   */
  public static List<Problem> doubts() {
    return PluginDirectory.ofThisProcess().look();
  }
}
