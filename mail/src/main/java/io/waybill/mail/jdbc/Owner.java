package io.waybill.mail.jdbc;

/**
 * Names who works on something that others could work on too.
 *
 * @param name {@code node/incarnation}: a new incarnation of a node proves that its earlier ones
 *     are dead. Where that is not so, as with several processes on one node, without a slash.
 */
public record Owner(String name) {
  private static final int MOST = 255;

  /**
   * Checks its length.
   *
   * @throws IllegalArgumentException if it is blank or has more than 255 characters
   */
  public Owner {
    if (name.isBlank() || name.length() > MOST) {
      throw new IllegalArgumentException("owner must have 1 to 255 characters");
    }
  }

  /** Returns whether another owner was this node before, and so is dead. */
  public boolean succeeds(String other) {
    return !other.equals(name) && node(other).equals(node(name));
  }

  private static String node(String owner) {
    int slash = owner.lastIndexOf('/');
    return slash < 0 ? owner : owner.substring(0, slash);
  }
}
