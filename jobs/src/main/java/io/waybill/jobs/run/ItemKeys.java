package io.waybill.jobs.run;

import io.waybill.jobs.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names items by what they are, so that an item that is found again is known, wherever it stands in
 * its list then: a file by where it is, its size and its time, a message by its id, other mappings
 * by all they have, and a text by its place. Items that are the same are numbered.
 */
final class ItemKeys {
  private static final List<String> OF_A_FILE = List.of("location", "size", "modified");
  private static final List<String> OF_A_MESSAGE = List.of("message-id", "uid");
  private static final int HEX_DIGITS = 16;

  private ItemKeys() {}

  /** Returns the keys of a list's items, each of its own, at most 25 characters long. */
  static List<String> of(List<?> items) {
    Map<String, Integer> seen = new HashMap<>();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      String digest = sha256(identity(items.get(i), i));
      int number = seen.merge(digest, 1, Integer::sum);
      keys.add(number == 1 ? digest : digest + "." + number);
    }
    return keys;
  }

  /** Returns the key under which the attempts of a step for an item are: {@code copy[3f...]}. */
  static String stepKey(String stepId, String itemKey) {
    return stepId + "[" + itemKey + "]";
  }

  /** Returns the id of the step that a step's key is of, whether of an item or not. */
  static String stepId(String stepKey) {
    return isOfItem(stepKey) ? stepKey.substring(0, stepKey.indexOf('[')) : stepKey;
  }

  /** Returns whether a step's key is one of an item. */
  static boolean isOfItem(String stepKey) {
    return stepKey.endsWith("]");
  }

  /** Returns the key of the item that a step's key is of; empty if it is of none. */
  static Optional<String> itemOf(String stepKey) {
    return isOfItem(stepKey)
        ? Optional.of(stepKey.substring(stepKey.indexOf('[') + 1, stepKey.length() - 1))
        : Optional.empty();
  }

  private static String identity(Object item, int index) {
    if (!(item instanceof Map<?, ?> map)) {
      return index + ":" + item;
    }
    if (map.containsKey("location")) {
      return Json.write(some(map, OF_A_FILE));
    }
    boolean isMessage = map.get("message-id") instanceof String id && !id.isEmpty();
    return Json.write(isMessage ? some(map, OF_A_MESSAGE) : map);
  }

  private static Map<String, Object> some(Map<?, ?> map, List<String> names) {
    Map<String, Object> some = new LinkedHashMap<>();
    for (String name : names) {
      Object value = map.get(name);
      if (value != null) {
        some.put(name, value);
      }
    }
    return some;
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, HEX_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
