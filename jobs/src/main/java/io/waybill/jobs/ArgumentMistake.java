package io.waybill.jobs;

import java.util.ArrayList;
import java.util.List;

/**
 * What is wrong with one argument of a step.
 *
 * @param path the keys that lead to it, and the index in a list; empty if it is about the step as a
 *     whole
 * @param message what is wrong, in one sentence that names the key; never a secret's value
 */
public record ArgumentMistake(List<String> path, String message) {
  public ArgumentMistake {
    path = List.copyOf(path);
  }

  /** Returns the same behind another key. */
  ArgumentMistake below(String key) {
    List<String> longer = new ArrayList<>(List.of(key));
    longer.addAll(path);
    return new ArgumentMistake(longer, message);
  }
}
