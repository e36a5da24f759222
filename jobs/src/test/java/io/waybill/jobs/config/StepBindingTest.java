package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.Step;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Kinds of steps whose jar is not whole. */
class StepBindingTest {
  /** Needs a class that is not there. */
  private static final class Torn implements StepType<Step> {
    @Override
    public String name() {
      return "acme.torn";
    }

    @Override
    public String doc() {
      return "Does nothing.";
    }

    @Override
    public List<Key> keys() {
      return List.of();
    }

    @Override
    public Map<String, String> outputs() {
      return Map.of();
    }

    @Override
    public Step bind(Arguments arguments, Connections connections) {
      throw new NoClassDefFoundError("com/acme/Missing");
    }

    @Override
    public StepHandler<Step> handler(StepServices services) {
      throw new IllegalStateException("nothing is run");
    }
  }

  /** Says of keys that are nowhere in the file what is wrong, and asks for what is not known. */
  private static final class Careless implements StepType<Step> {
    @Override
    public String name() {
      return "acme.careless";
    }

    @Override
    public String doc() {
      return "Does nothing.";
    }

    @Override
    public List<Key> keys() {
      return List.of(
          Key.optional("at", new ValueType.ListOf(ValueType.Scalar.TEXT), "Where."),
          Key.optional("by", ValueType.Scalar.TEXT, "By whom."));
    }

    @Override
    public Map<String, String> outputs() {
      return Map.of();
    }

    @Override
    public Step bind(Arguments arguments, Connections connections) {
      if (arguments.texts("at").isEmpty()) {
        return new Step() {};
      }
      throw new JobException.Configuration(
          List.of(
              new ArgumentMistake(List.of("at", "7"), "one"),
              new ArgumentMistake(List.of("at", "x", "y"), "two"),
              new ArgumentMistake(List.of("nowhere"), "three"),
              new ArgumentMistake(List.of("at", "1"), "four")),
          null);
    }

    @Override
    public List<ArgumentMistake> doubts(Arguments arguments) {
      return List.of(new ArgumentMistake(List.of("by"), arguments.text("by")));
    }

    @Override
    public StepHandler<Step> handler(StepServices services) {
      throw new IllegalStateException("nothing is run");
    }
  }

  @Test
  void aMistakeThatIsNowhereInTheFileIsToldAtTheNearestKey() {
    JobFileLoader loader =
        new JobFileLoader(
            List.of(new Careless()), new SecretSources(Map.of(), s -> {}, w -> {}), problem -> {});
    String head = "version: 1\ntimezone: UTC\njobs:\n  j:\n    steps:\n      - acme.careless: ";

    assertThatThrownBy(() -> loader.loadText("orders.yml", head + "{ at: [a, b] }\n", Path.of("")))
        .isInstanceOf(InvalidJobFile.class)
        .hasMessageContaining("orders.yml:6:26: error: one")
        .hasMessageContaining("orders.yml:6:26: error: two")
        .hasMessageContaining("orders.yml:6:9: error: three")
        .hasMessageContaining("orders.yml:6:34: error: four");
    assertThatCode(
            () -> loader.loadText("orders.yml", head + "{ by: \"${run.id}\" }\n", Path.of("")))
        .doesNotThrowAnyException();
  }

  @Test
  void aMissingClassIsAMistakeAtTheStep() {
    JobFileLoader loader =
        new JobFileLoader(
            List.of(new Torn()), new SecretSources(Map.of(), s -> {}, w -> {}), problem -> {});
    String text = "version: 1\ntimezone: UTC\njobs:\n  j:\n    steps:\n      - acme.torn: {}\n";
    assertThatThrownBy(() -> loader.loadText("orders.yml", text, Path.of("")))
        .isInstanceOf(InvalidJobFile.class)
        .hasMessageContaining(
            "orders.yml:6:9: error: \"acme.torn\" cannot be used, as a class that it needs is missing"
                + " or does not fit: java.lang.NoClassDefFoundError: com/acme/Missing");
  }
}
