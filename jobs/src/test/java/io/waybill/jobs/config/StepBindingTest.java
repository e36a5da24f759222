package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.Key;
import io.waybill.jobs.Step;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
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
