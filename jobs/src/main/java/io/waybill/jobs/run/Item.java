package io.waybill.jobs.run;

import io.waybill.jobs.json.Plain;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One of the items that a job does its steps for.
 *
 * @param number from 1, in the order of the list
 * @param key by which it is on record
 * @param value what {@code ${item}} yields: text, or a plain mapping
 * @param since the run's token under which it was begun: older attempts do not count
 */
record Item(int number, String key, Object value, long since) {
  private static final List<String> NAMES =
      List.of("name", "path", "location", "subject", "message-id");
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final int LONGEST_NAME = 200;

  Item {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(value, "value");
  }

  /** Returns it to be begun anew under a later claim of the run. */
  Item anew(long token) {
    return new Item(number, key, value, token);
  }

  /** Returns what a person calls it. */
  String name() {
    String name = value instanceof Map<?, ?> map ? nameOf(map) : value.toString();
    String shown = CONTROL.matcher(name).replaceAll("?");
    return shown.length() <= LONGEST_NAME ? shown : shown.substring(0, LONGEST_NAME) + "...";
  }

  private String nameOf(Map<?, ?> map) {
    return NAMES.stream()
        .filter(name -> map.get(name) instanceof String text && !text.isEmpty())
        .map(name -> Plain.text(map, name))
        .findFirst()
        .orElse("item " + number);
  }
}
