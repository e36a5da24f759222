package io.waybill.jobs.alert;

import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.Position;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.step.StepTypes;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/** Jobs for rules, which do not care what a job does. */
final class JobFixture {
  private JobFixture() {}

  static JobDefinition.Builder job(String name, ZoneId zone) {
    return JobDefinition.builder(name, zone)
        .steps(
            Hook.STEPS,
            List.of(
                new StepDefinition(
                    "copy",
                    StepTypes.all().get(0),
                    Map.of(),
                    StepDefinition.Policy.OF_THE_JOB,
                    Position.NONE)));
  }
}
