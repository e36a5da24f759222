package io.waybill;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.Key;
import io.waybill.jobs.Position;
import io.waybill.jobs.Step;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueType;
import java.util.List;
import java.util.Map;

/** A kind of step that does what a test says. */
class ScriptedStep implements StepType<ScriptedStep.Said> {
  static final StepResult NOTHING = new StepResult(Map.of(), 0);
  private final StepHandler<Said> handler;

  /** The rendered argument. */
  record Said(String text) implements Step {}

  ScriptedStep(StepHandler<Said> handler) {
    this.handler = handler;
  }

  /** Returns a definition of a step that does this. */
  static StepDefinition step(String id, StepHandler<Said> handler) {
    return step(id, "", handler);
  }

  /** Returns a definition whose argument is a literal or a template. */
  static StepDefinition step(String id, Object text, StepHandler<Said> handler) {
    return new StepDefinition(
        id,
        new ScriptedStep(handler),
        Map.of("say", text),
        StepDefinition.Policy.OF_THE_JOB,
        Position.NONE);
  }

  @Override
  public String name() {
    return "scripted";
  }

  @Override
  public String doc() {
    return "Does what a test says.";
  }

  @Override
  public List<Key> keys() {
    return List.of(Key.optional("say", ValueType.Scalar.TEXT, "", "What the test gets to see."));
  }

  @Override
  public Map<String, String> outputs() {
    return Map.of();
  }

  @Override
  public Said bind(Arguments arguments, Connections connections) {
    return new Said(arguments.text("say"));
  }

  @Override
  public StepHandler<Said> handler(StepServices services) {
    return handler;
  }
}
