package io.waybill.transfer.remote;

import java.util.List;
import java.util.Optional;

/**
 * What an endpoint says of itself, in its own words, for people: without control characters, and no
 * more of it than can be read.
 *
 * @param software what it calls itself; empty if it does not
 * @param features what it says that it can do
 * @param renamesOver whether a rename replaces an existing file; empty if only a try can tell
 */
public record Introduction(
    Optional<String> software, List<String> features, Optional<Boolean> renamesOver) {
  /** Of an endpoint that says nothing. */
  public static final Introduction NONE =
      new Introduction(Optional.empty(), List.of(), Optional.empty());

  private static final int LONGEST = 200;
  private static final int MOST = 100;

  public Introduction {
    software = software.map(Introduction::readable).filter(text -> !text.isEmpty());
    features =
        features.stream()
            .map(Introduction::readable)
            .filter(text -> !text.isEmpty())
            .limit(MOST)
            .toList();
  }

  private static String readable(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?").strip();
    return plain.length() > LONGEST ? plain.substring(0, LONGEST) + "..." : plain;
  }
}
