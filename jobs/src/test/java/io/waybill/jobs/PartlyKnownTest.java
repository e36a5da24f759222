package io.waybill.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Lists and mappings of which some parts are known in the run only. */
class PartlyKnownTest {
  private static Arguments arguments() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("a", "1");
    map.put("b", Arguments.NOT_YET);
    return Arguments.of(
        Map.of("list", List.of("x", Arguments.NOT_YET), "map", map, "whole", List.of("y")),
        Set.of("other"));
  }

  @Test
  void whatIsKnownCanBeAskedFor() {
    Arguments arguments = arguments();
    List<String> list = arguments.texts("list");
    assertThat(list.get(0)).isEqualTo("x");
    assertThat(list.size()).isEqualTo(2);
    assertThat(list.contains("x")).isTrue();
    Map<String, Object> map = arguments.map("map");
    assertThat(map.keySet()).containsExactly("a", "b");
    assertThat(map.get("a")).isEqualTo("1");
    assertThat(arguments.texts("whole")).containsExactly("y");
    assertThat(arguments.has("list")).isTrue();
  }

  @Test
  void askingForTheRestSaysThatItIsNotKnown() {
    Arguments arguments = arguments();
    for (Supplier<Object> each :
        List.<Supplier<Object>>of(
            () -> arguments.texts("list").get(1),
            () -> new ArrayList<>(arguments.texts("list")),
            () -> arguments.map("map").get("b"),
            () -> new LinkedHashMap<>(arguments.map("map")),
            arguments::asMap)) {
      assertThatThrownBy(
              () -> {
                Object unused = each.get();
              })
          .isInstanceOf(Arguments.Unknown.class);
    }
    assertThat(arguments.toString()).contains("not known before the run");
  }

  @Test
  void partsOfWhatIsKnownAreMadeAndMistakesAreTold() {
    StepParts parts = new StepParts();
    StepParts.Part<List<Integer>> unused =
        parts.each("list", () -> arguments().texts("list"), Integer::parseInt);
    StepParts.Part<Map<String, Integer>> unusedMap =
        parts.each(
            "map",
            () -> arguments().map("map"),
            (name, value) -> Integer.parseInt((String) value),
            name -> {
              throw new JobException.Configuration("no " + name);
            });

    assertThatThrownBy(() -> parts.together(() -> ""))
        .isInstanceOfSatisfying(
            JobException.Configuration.class,
            e ->
                assertThat(e.mistakes())
                    .extracting(ArgumentMistake::path)
                    .containsExactly(List.of("list", "0"), List.of("map", "b")));
  }
}
