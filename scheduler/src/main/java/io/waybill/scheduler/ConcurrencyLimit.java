package io.waybill.scheduler;

/**
 * How many runs of the jobs that name it may be at work at the same time, over all nodes.
 *
 * @param name shared by the jobs that it holds together, 1 to 150 characters
 * @param atMost from 1
 */
public record ConcurrencyLimit(String name, int atMost) {
  private static final int MAX_NAME = 150;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the name is blank or longer than 150 characters, or {@code
   *     atMost < 1}
   */
  public ConcurrencyLimit {
    if (name.isBlank() || name.length() > MAX_NAME) {
      throw new IllegalArgumentException(
          "a limit's name has 1 to " + MAX_NAME + " characters, not \"" + name + "\"");
    }
    if (atMost < 1) {
      throw new IllegalArgumentException("a limit lets at least 1 run work, not " + atMost);
    }
  }
}
