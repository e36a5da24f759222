package io.waybill.transfer;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How far a copy was proven equal to its source; later constants prove more. */
public enum Verification {
  /** Nothing was compared. */
  NONE,
  /** Both ends agree on the length. */
  SIZE,
  /** Both ends agree on length and modification time. */
  SIZE_MTIME,
  /** Both ends computed the same digest, each over what it read or wrote. */
  DIGEST,
  /** The written file was read again after it was forced to the disk and has the digest. */
  READ_BACK;

  /**
   * Finds a level by its label, ignoring case.
   *
   * @throws IllegalArgumentException if no level has that label; the message lists them
   */
  public static Verification parse(String label) {
    for (Verification each : values()) {
      if (each.label().equalsIgnoreCase(label)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "Unknown verification level '%s'; there are %s"
            .formatted(
                label,
                Arrays.stream(values())
                    .map(Verification::label)
                    .collect(Collectors.joining(", "))));
  }

  /** Returns the name as people write it: {@code read-back} for {@link #READ_BACK}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Says whether this level proves at least as much as the other. */
  public boolean atLeast(Verification other) {
    return compareTo(other) >= 0;
  }
}
