package io.waybill.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ItemKeysTest {
  private static final Map<String, Object> FILE =
      Map.of("location", "/in/a", "size", 3L, "modified", "2026-01-31T00:00:00Z", "name", "a");

  @Test
  void aFileIsWhereItIsWithItsSizeAndTimeWhereverItStands() {
    List<String> keys = ItemKeys.of(List.of("x", FILE));

    assertThat(ItemKeys.of(List.of(FILE))).containsExactly(keys.get(1));
    assertThat(ItemKeys.of(List.of(with("name", "b")))).containsExactly(keys.get(1));
    assertThat(ItemKeys.of(List.of(with("size", 4L)))).doesNotContain(keys.get(1));
    assertThat(ItemKeys.of(List.of(with("modified", "later")))).doesNotContain(keys.get(1));
  }

  private static Map<String, Object> with(String name, Object value) {
    Map<String, Object> file = new java.util.TreeMap<>(FILE);
    file.put(name, value);
    return file;
  }

  @Test
  void aMessageIsItsId() {
    Map<String, Object> one = Map.of("message-id", "<1@x>", "uid", 7L, "subject", "a");
    Map<String, Object> same = Map.of("message-id", "<1@x>", "uid", 7L, "subject", "b");

    assertThat(ItemKeys.of(List.of(one))).isEqualTo(ItemKeys.of(List.of(same)));
    assertThat(ItemKeys.of(List.of(Map.of("message-id", "", "subject", "a"))))
        .isNotEqualTo(ItemKeys.of(List.of(Map.of("message-id", "", "subject", "b"))));
  }

  @Test
  void aTextIsItsPlaceAndItself() {
    assertThat(ItemKeys.of(List.of("a", "a", "b"))).doesNotHaveDuplicates();
    assertThat(ItemKeys.of(List.of("a")).get(0)).isNotEqualTo(ItemKeys.of(List.of("b")).get(0));
  }

  @Test
  void itemsThatAreTheSameAreNumbered() {
    List<String> keys = ItemKeys.of(List.of(FILE, FILE, FILE));

    assertThat(keys.subList(1, 3)).containsExactly(keys.get(0) + ".2", keys.get(0) + ".3");
  }

  @Test
  void theKeyOfAStepTellsTheItem() {
    String key = ItemKeys.stepKey("save", "3f.2");

    assertThat(key).isEqualTo("save[3f.2]");
    assertThat(ItemKeys.itemOf(key)).contains("3f.2");
    assertThat(ItemKeys.itemOf("save")).isEmpty();
  }
}
