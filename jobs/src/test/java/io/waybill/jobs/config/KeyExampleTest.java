package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.step.StepTypes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is shown for a key is a value that may stand there. */
class KeyExampleTest {
  private static final KeyRegistry REGISTRY = KeyRegistry.of(StepTypes.all());

  @Test
  void everyExampleAndDefaultFitsItsKey() {
    List<String> wrong = new ArrayList<>();
    for (KnownKey known : REGISTRY.keys()) {
      SchemaCheck schema = new SchemaCheck(JobFileSchema.of(known.key(), REGISTRY));
      check(known, known.example().orElse("null"), schema, wrong);
      known.key().fallback().ifPresent(words -> check(known, words, schema, wrong));
    }
    assertThat(wrong).isEmpty();
  }

  private static void check(KnownKey known, String words, SchemaCheck schema, List<String> wrong) {
    Problems problems = new Problems();
    YamlNode node = YamlTreeReader.read(new SourceText("x", words), problems).orElse(null);
    if (node == null) {
      wrong.add(known.shortPath() + ": no YAML: " + words);
    } else if (!schema.errors(node).isEmpty()) {
      wrong.add(known.shortPath() + ": " + words + ": " + schema.errors(node));
    }
  }

  @Test
  void itIsToldFromTheType() {
    assertThat(KeyExample.of(Key.optional("x", ValueType.Scalar.DURATION, "."))).contains("10m");
    assertThat(KeyExample.of(Key.optional("x", ValueType.Scalar.INTEGER, "7", "."))).contains("7");
    assertThat(KeyExample.of(Key.optional("x", ValueType.Scalar.TEXT, "."))).isEmpty();
    assertThat(KeyExample.of(Key.secret("x", "."))).contains("\"${secrets.x}\"");
    assertThat(
            KeyExample.of(
                Key.optional(
                    "x",
                    new ValueType.Group(
                        List.of(
                            Key.optional("a", ValueType.Scalar.SIZE, "."),
                            Key.required("b", ValueType.Scalar.PERCENT, "."))),
                    ".")))
        .contains("{ b: 20% }");
  }

  @Test
  void whatIsGivenGoesBeforeAll() {
    assertThat(
            KeyExample.of(
                Key.optional("x", ValueType.Scalar.DURATION, "1h", ".").withExample("2h")))
        .contains("2h");
  }
}
