package io.waybill.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.Position;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.expression.Filters;
import io.waybill.jobs.expression.ParameterResolver;
import io.waybill.jobs.expression.TemplateParser;
import io.waybill.jobs.step.StepTypes;
import io.waybill.scheduler.Run;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunScopeTest {
  private static final String PAYLOAD =
      "{\"trigger\":{\"files\":[{\"location\":\"/in/a\",\"size\":3},{\"location\":\"/in/b\",\"size\":4}]}}";
  private final EachDefinition each =
      new EachDefinition(
          List.of(TemplateParser.parse("${trigger.files}", Position.NONE)),
          1,
          Map.of(JobDefinition.Hook.STEPS, List.of(step())),
          Position.NONE);
  private final RunScope scope =
      RunScope.of(
          Run.builder().id("01").job("j").scheduledAt(Instant.EPOCH).payload(PAYLOAD).build(),
          JobDefinition.builder("j", ZoneOffset.UTC).each(each).build(),
          Map.of(),
          RunPayload.trigger(PAYLOAD),
          new ParameterResolver(Filters.standard()));

  private static StepDefinition step() {
    return new StepDefinition(
        "copy", StepTypes.all().get(0), Map.of(), StepDefinition.Policy.OF_THE_JOB, Position.NONE);
  }

  @Test
  void whatStartedTheRunIsReadOutOfItsPayload() {
    assertThat(new ItemList().find(each, scope.scope(), 1))
        .extracting(Item::name)
        .containsExactly("/in/a", "/in/b");
  }

  @Test
  void whatAnItemLeavesBehindIsItsOwn() {
    scope.stepSucceeded("before", new StepResult(Map.of("x", 1L), 0));
    RunScope one = scope.ofItem(new Item(1, "k", "a", 1), each);
    RunScope other = scope.ofItem(new Item(2, "l", "b", 1), each);
    one.stepSucceeded("own", new StepResult(Map.of("y", 2L), 0));

    assertThat(one.scope().find(List.of("steps", "own", "y"))).contains(2L);
    assertThat(one.scope().find(List.of("steps", "before", "x"))).contains(1L);
    assertThat(other.scope().find(List.of("steps", "own"))).isEmpty();
    assertThat(other.scope().find(List.of("item"))).contains("b");
    assertThat(scope.scope().find(List.of("item"))).isEmpty();
  }
}
